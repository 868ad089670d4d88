-- How does the speed that 85 % do not exceed change from week to week?
--
-- Parameters
--   camera = ''               one camera; '' for all
--   since = now - 26 weeks    from this moment on, to the hour
--   until = now               before this moment
--
-- Columns
--   camera_id     camera
--   week          its Monday, UTC
--   measured      vehicles with a valid speed
--   v85_kmh       the speed that 85 % do not exceed
--   change_kmh    against the week before; NULL for the first
SELECT
    camera_id,
    week,
    measured,
    round(v85, 1) AS v85_kmh,
    round(v85 - any(v85) OVER (
        PARTITION BY camera_id ORDER BY week ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ), 1) AS change_kmh
FROM
(
    SELECT
        camera_id,
        toMonday(hour) AS week,
        sum(passages) AS measured,
        toNullable(quantileInterpolatedWeighted(0.85)(bin_kmh + 0.5, passages)) AS v85
    FROM v_speed_bins_hourly
    WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
        AND ({camera:String} = '' OR camera_id = {camera:String})
    GROUP BY camera_id, week
)
ORDER BY camera_id, week
