-- When in the week are rules broken, and how often against the traffic?
--
-- Parameters
--   camera = ''              one camera; '' for all
--   offence = ''             one offence, such as speeding; '' for all
--   since = now - 28 days    from this moment on, to the hour
--   until = now              before this moment
--   zone = UTC               whose hours, such as Europe/Bucharest
--
-- Columns
--   weekday        1 is Monday, 7 Sunday
--   hour_of_day    0 to 23, in the zone
--   passages       vehicles that passed
--   found          findings of the rules, those set aside for an exemption among them
--   per_thousand   findings for every thousand vehicles
SELECT
    toDayOfWeek(toTimeZone(hour, {zone:String})) AS weekday,
    toHour(toTimeZone(hour, {zone:String})) AS hour_of_day,
    sum(passed) AS passages,
    sum(broken) AS found,
    if(passages = 0, NULL, round(1000 * found / passages, 2)) AS per_thousand
FROM
(
    SELECT hour, camera_id, passages AS passed, 0 AS broken FROM v_traffic_hourly
    WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
    UNION ALL
    SELECT hour, camera_id, 0, v_offences_hourly.found FROM v_offences_hourly
    WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
        AND ({offence:String} = '' OR offence = {offence:String})
)
WHERE {camera:String} = '' OR camera_id = {camera:String}
GROUP BY weekday, hour_of_day
ORDER BY weekday, hour_of_day
