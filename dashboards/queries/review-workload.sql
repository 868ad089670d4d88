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
--   median_hours     median over officers and days of their median time to a decision, hours
SELECT
    week,
    sum(opened) AS found,
    sum(closed) AS decided,
    sum(yes) AS confirmed,
    sum(no) AS rejected,
    round(rejected / nullIf(decided, 0), 4) AS rejected_share,
    round(quantileExactWeightedIf(0.5)(seconds, closed, closed > 0) / 3600, 1) AS median_hours
FROM
(
    SELECT toMonday(hour) AS week, cases AS opened, 0 AS closed, 0 AS yes, 0 AS no, toNullable(0.0) AS seconds
    FROM v_offences_hourly
    WHERE hour >= toStartOfHour({since:DateTime('UTC')}) AND hour < {until:DateTime('UTC')}
    UNION ALL
    SELECT toMonday(day), 0, v_reviewers_daily.decided, v_reviewers_daily.confirmed, v_reviewers_daily.rejected,
        median_seconds
    FROM v_reviewers_daily
    WHERE day >= toDate({since:DateTime('UTC')}) AND day <= toDate({until:DateTime('UTC')})
)
GROUP BY week
ORDER BY week
