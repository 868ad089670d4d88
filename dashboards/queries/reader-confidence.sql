-- How surely are the plates of violations read, week by week?
--
-- Parameters
--   camera = ''              one camera; '' for all
--   since = now - 12 weeks   from this moment on, to the hour
--   until = now              before this moment
--
-- Columns
--   camera_id          camera
--   week               its Monday, UTC
--   violations         violations, whose plates are read
--   unreadable_share   part whose plate could not be read, 0 to 1
--   mean_confidence    mean confidence of the others, 0 to 1; NULL: there are none
--   worst_hour         the lowest p10_confidence of an hour: what 90 % of its plates exceed
SELECT
    camera_id,
    toMonday(hour) AS week,
    sum(v_reader_hourly.violations) AS violations,
    round(sum(unreadable) / violations, 4) AS unreadable_share,
    round(
        sum(ifNull(v_reader_hourly.mean_confidence, 0) * (v_reader_hourly.violations - unreadable))
            / nullIf(violations - sum(unreadable), 0),
        4
    ) AS mean_confidence,
    round(min(p10_confidence), 4) AS worst_hour
FROM v_reader_hourly
WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
    AND ({camera:String} = '' OR camera_id = {camera:String})
GROUP BY camera_id, week
ORDER BY camera_id, week
