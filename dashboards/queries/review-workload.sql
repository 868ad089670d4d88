-- How much is there to review, and how long does it take?
--
-- Parameters
--   since = now - 12 weeks    from this day on
--   until = now               up to this day
--
-- Columns
--   week             its Monday, UTC
--   found            cases whose offence was in this week
--   decided          decisions in this week, of whichever cases
--   confirmed        those confirmed
--   rejected         those rejected
--   rejected_share   part of the decided, 0 to 1
--   median_hours     median time from when a case was in the store until its decision, hours
SELECT
    week,
    sum(opened) AS found,
    sum(closed) AS decided,
    sum(yes) AS confirmed,
    sum(no) AS rejected,
    round(rejected / nullIf(decided, 0), 4) AS rejected_share,
    round(quantileIf(0.5)(seconds, closed > 0) / 3600, 1) AS median_hours
FROM
(
    SELECT toMonday(hour) AS week, cases AS opened, 0 AS closed, 0 AS yes, 0 AS no, toNullable(0.0) AS seconds
    FROM v_offences_hourly
    WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
    UNION ALL
    SELECT toMonday(decided_at), 0, 1, outcome = 'confirmed', outcome = 'rejected', v_decisions.seconds
    FROM v_decisions
    WHERE decided_at >= toStartOfDay({since:DateTime('UTC')}) AND decided_at < {until:DateTime('UTC')}
)
GROUP BY week
ORDER BY week
