-- What did a new limit change? Speeds before and after a moment, there and on cameras where nothing changed.
--
-- Parameters
--   changed = now - 14 days    when the new limit began
--   days = 14                  how many days before and after are compared; whole weeks compare like with like
--   site = ''                  one site; '' for all
--   limit_kmh = 30             the new limit
--
-- Columns
--   camera_id            camera
--   measured_before      vehicles with a valid speed before
--   measured_after       likewise after
--   mean_before_kmh      mean speed before, to the bins of 1 km/h
--   mean_after_kmh       likewise after
--   mean_change_kmh      after less before
--   mean_change_k2_kmh   expanded uncertainty (k = 2) of that difference from the spread of the speeds alone
--   v85_before_kmh       the speed that 85 % did not exceed before
--   v85_after_kmh        likewise after
--   over_limit_before    part faster than limit_kmh before, 0 to 1
--   over_limit_after     likewise after
WITH
    bin_kmh + 0.5 AS speed,
    hour < {changed:DateTime('UTC')} AS before,
    sumIf(passages, before) AS n0,
    sumIf(passages, NOT before) AS n1,
    sumIf(speed * passages, before) / n0 AS m0,
    sumIf(speed * passages, NOT before) / n1 AS m1,
    greatest(0, sumIf(speed * speed * passages, before) / n0 - m0 * m0) AS variance0,
    greatest(0, sumIf(speed * speed * passages, NOT before) / n1 - m1 * m1) AS variance1
SELECT
    camera_id,
    n0 AS measured_before,
    n1 AS measured_after,
    round(m0, 1) AS mean_before_kmh,
    round(m1, 1) AS mean_after_kmh,
    round(m1 - m0, 1) AS mean_change_kmh,
    round(2 * sqrt(variance0 / n0 + variance1 / n1), 1) AS mean_change_k2_kmh,
    round(quantileInterpolatedWeightedIf(0.85)(speed, passages, before), 1) AS v85_before_kmh,
    round(quantileInterpolatedWeightedIf(0.85)(speed, passages, NOT before), 1) AS v85_after_kmh,
    round(sumIf(passages, before AND bin_kmh >= {limit_kmh:Float64}) / n0, 4) AS over_limit_before,
    round(sumIf(passages, NOT before AND bin_kmh >= {limit_kmh:Float64}) / n1, 4) AS over_limit_after
FROM v_speed_bins_hourly
WHERE hour >= {changed:DateTime('UTC')} - toIntervalDay({days:UInt16})
    AND hour < {changed:DateTime('UTC')} + toIntervalDay({days:UInt16})
    AND ({site:String} = '' OR site_id = {site:String})
GROUP BY camera_id
HAVING n0 > 0 AND n1 > 0
ORDER BY camera_id
