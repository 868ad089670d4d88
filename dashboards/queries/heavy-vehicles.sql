-- What part of the traffic is heavy, by camera and hour of the day?
--
-- Parameters
--   camera = ''              one camera; '' for all
--   since = now - 28 days    from this moment on, to the hour
--   until = now              before this moment
--   zone = UTC               whose hours of the day, such as Europe/Bucharest
--
-- Columns
--   camera_id      camera
--   hour_of_day    0 to 23, in the zone
--   passages       vehicles that passed
--   trucks         trucks among them
--   buses          buses among them
--   heavy_share    part that is one or the other, 0 to 1
SELECT
    camera_id,
    toHour(toTimeZone(hour, {zone:String})) AS hour_of_day,
    sum(v_traffic_hourly.passages) AS passages,
    sumIf(v_traffic_hourly.passages, vehicle = 'truck') AS trucks,
    sumIf(v_traffic_hourly.passages, vehicle = 'bus') AS buses,
    round((trucks + buses) / passages, 4) AS heavy_share
FROM v_traffic_hourly
WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
    AND ({camera:String} = '' OR camera_id = {camera:String})
GROUP BY camera_id, hour_of_day
ORDER BY camera_id, hour_of_day
