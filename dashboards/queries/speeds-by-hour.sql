-- How fast is driven on each camera in each hour of the day?
--
-- Parameters
--   camera = ''              one camera; '' for all
--   vehicle = ''             car, motorcycle, bus, truck or bicycle; '' for all
--   since = now - 28 days    from this moment on, to the hour
--   until = now              before this moment
--   zone = UTC               whose hours of the day, such as Europe/Bucharest
--   limit_kmh = 50           what counts as too fast
--
-- Columns
--   camera_id      camera
--   hour_of_day    0 to 23, in the zone
--   measured       vehicles with a valid speed
--   mean_kmh       their mean speed, to the bins of 1 km/h
--   v85_kmh        the speed that 85 % do not exceed
--   over_limit     part that drove faster than limit_kmh, 0 to 1
SELECT
    camera_id,
    toHour(toTimeZone(hour, {zone:String})) AS hour_of_day,
    sum(passages) AS measured,
    round(sum((bin_kmh + 0.5) * passages) / measured, 1) AS mean_kmh,
    round(quantileInterpolatedWeighted(0.85)(bin_kmh + 0.5, passages), 1) AS v85_kmh,
    round(sumIf(passages, bin_kmh >= {limit_kmh:Float64}) / measured, 4) AS over_limit
FROM v_speed_bins_hourly
WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
    AND ({camera:String} = '' OR camera_id = {camera:String})
    AND ({vehicle:String} = '' OR vehicle = {vehicle:String})
GROUP BY camera_id, hour_of_day
ORDER BY camera_id, hour_of_day
