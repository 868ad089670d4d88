-- When a case was decided, by whom and why stands with the case: figures about reviewing then read one narrow row a
-- case, where they merged a state for each (seconds for a million).
ALTER TABLE cases
    ADD COLUMN IF NOT EXISTS decided_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the first decision was made; NULL: there is none' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS officer LowCardinality(String) COMMENT 'Who made it; empty: there is none',
    ADD COLUMN IF NOT EXISTS reason_code LowCardinality(String) COMMENT 'Why it was rejected; empty where confirmed';

-- Decisions from before; a repetition writes the same rows.
INSERT INTO cases SELECT cases.* REPLACE (
    decided.first_at AS decided_at, decided.first_by AS officer, decided.first_why AS reason_code
)
FROM cases FINAL
INNER JOIN
(
    SELECT
        toUUID(case_id) AS decided_id,
        argMin(toDateTime64(at, 3, 'UTC'), sequence) AS first_at,
        argMin(case_events.officer, sequence) AS first_by,
        argMin(case_events.reason_code, sequence) AS first_why
    FROM case_events FINAL
    WHERE kind IN ('confirmed', 'rejected')
    GROUP BY decided_id
) AS decided ON decided.decided_id = cases.case_id;

CREATE OR REPLACE VIEW v_decisions
(
    decided_at DateTime64(3, 'UTC') COMMENT 'When the case was decided first, which counts',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the vehicle came into view',
    camera_id String COMMENT 'Camera that saw it',
    site_id String COMMENT 'Site of the camera',
    offence String COMMENT 'The rule that was broken',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    outcome String COMMENT 'confirmed or rejected',
    reason_code Nullable(String) COMMENT 'Why it was rejected; NULL where confirmed',
    seconds Float64 COMMENT 'From when the case was in the store until the decision, s'
)
AS SELECT
    assumeNotNull(cases.decided_at) AS decided_at, toDateTime64(cases.occurred_at, 3, 'UTC') AS occurred_at,
    toString(cases.camera_id) AS camera_id, toString(cases.site_id) AS site_id,
    toString(cases.offence) AS offence, toString(cases.vehicle) AS vehicle, toString(cases.status) AS outcome,
    nullIf(toString(cases.reason_code), '') AS reason_code,
    greatest(0, dateDiff('millisecond', cases.recorded_at, cases.decided_at) / 1000) AS seconds
FROM cases FINAL
WHERE cases.status != 'open'
-- All rows of a case lie in one month.
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Cases that were decided, with when and why, without plate and without officer';

CREATE OR REPLACE VIEW v_reviewers_daily
(
    day Date COMMENT 'Day of the decisions, UTC',
    officer String COMMENT 'Who decided',
    decided UInt64 COMMENT 'Cases that this officer was the first to decide',
    confirmed UInt64 COMMENT 'Those confirmed',
    rejected UInt64 COMMENT 'Those rejected',
    median_seconds Nullable(Float64) COMMENT 'Median time from when a case was in the store until it was decided, s'
)
AS SELECT
    toDate(assumeNotNull(decided_at)) AS day,
    toString(cases.officer) AS officer,
    count() AS decided,
    countIf(cases.status = 'confirmed') AS confirmed,
    countIf(cases.status = 'rejected') AS rejected,
    quantileExact(0.5)(greatest(0, dateDiff('millisecond', cases.recorded_at, decided_at) / 1000)) AS median_seconds
FROM cases FINAL
WHERE cases.status != 'open'
GROUP BY day, officer
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Decisions by officer and day; names officers';

DROP VIEW IF EXISTS case_times_filling;

DROP TABLE IF EXISTS case_times;
