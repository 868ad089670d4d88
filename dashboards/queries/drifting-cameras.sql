-- Which cameras drift, and what shows it?
--
-- Parameters
--   camera = ''             one camera; '' for all
--   since = now - 7 days    from this day on
--   until = now             up to this day
--
-- Columns
--   camera_id                camera
--   sign                     voids, residual, reader, clock or moved, as v_camera_drift has them
--   days                     on how many days it stood out
--   first_day                the first of them, UTC
--   last_day                 the last
--   void_share               part of the vehicles without a speed on the last, 0 to 1
--   usual_void_share         the same over the four weeks before
--   reader_confidence        mean confidence in plates on the last, 0 to 1; NULL without violations
--   usual_reader_confidence  the same over the four weeks before
--   clock_offset_ms          furthest clock offset of the last, ms
SELECT
    camera_id,
    arrayJoin(signs) AS sign,
    count() AS days,
    min(day) AS first_day,
    max(day) AS last_day,
    round(argMax(void_share, day), 4) AS void_share,
    round(argMax(usual_void_share, day), 4) AS usual_void_share,
    round(argMax(reader_confidence, day), 4) AS reader_confidence,
    round(argMax(usual_reader_confidence, day), 4) AS usual_reader_confidence,
    round(argMax(clock_offset_ms, day), 1) AS clock_offset_ms
FROM v_camera_drift
WHERE day >= toDate({since:DateTime('UTC')}) AND day <= toDate({until:DateTime('UTC')})
    AND ({camera:String} = '' OR camera_id = {camera:String})
GROUP BY camera_id, sign
ORDER BY days DESC, camera_id, sign
