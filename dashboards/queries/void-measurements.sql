-- What part of the speeds is void, and why?
--
-- Parameters
--   camera = ''              one camera; '' for all
--   since = now - 28 days    from this moment on, to the hour
--   until = now              before this moment
--
-- Columns
--   camera_id      camera
--   void_reason    why there is no speed
--   void           vehicles without a speed for this reason
--   passages       all vehicles that passed there
--   share          part of these, 0 to 1
SELECT
    camera_id,
    void_reason,
    void,
    passed.passages AS passages,
    round(void / passages, 4) AS share
FROM
(
    SELECT camera_id, void_reason, sum(passages) AS void
    FROM v_voids_hourly
    WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
        AND ({camera:String} = '' OR camera_id = {camera:String})
    GROUP BY camera_id, void_reason
) AS voids
INNER JOIN
(
    SELECT camera_id, sum(passages) AS passages
    FROM v_traffic_hourly
    WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
    GROUP BY camera_id
) AS passed USING (camera_id)
ORDER BY camera_id, void DESC, void_reason
