-- Which hours were the busiest of each camera?
--
-- Parameters
--   camera = ''              one camera; '' for all
--   since = now - 28 days    from this moment on, to the hour
--   until = now              before this moment
--   most = 5                 how many hours of each camera
--
-- Columns
--   camera_id    camera
--   hour         beginning of the hour, UTC
--   passages     vehicles that passed
--   usual        median over the same hour of the week, in the same stretch of time
SELECT camera_id, toDateTime64(hour, 0, 'UTC') AS hour, counted AS passages, usual
FROM
(
    SELECT
        camera_id,
        hour,
        counted,
        quantileExact(0.5)(counted) OVER (PARTITION BY camera_id, toDayOfWeek(hour), toHour(hour)) AS usual,
        row_number() OVER (PARTITION BY camera_id ORDER BY counted DESC, hour) AS place
    FROM
    (
        SELECT camera_id, hour, sum(passages) AS counted
        FROM v_traffic_hourly
        WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
            AND ({camera:String} = '' OR camera_id = {camera:String})
        GROUP BY camera_id, hour
    )
)
WHERE place <= {most:UInt16}
ORDER BY camera_id, passages DESC, hour
