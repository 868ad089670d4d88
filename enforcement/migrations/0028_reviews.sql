-- A case may need two officers who do not know of each other's answer, and a supervisor where they disagree; an answer
-- may be taken back. What each answer did, and the status after it, stands with the event; what they come to
-- together stands with the case.
ALTER TABLE case_events
    ADD COLUMN IF NOT EXISTS review LowCardinality(String) COMMENT 'Which question was answered: first, second or supervisor; empty where it was no answer, or from before',
    ADD COLUMN IF NOT EXISTS checked Array(LowCardinality(String)) COMMENT 'What was ticked before confirming: plate, vehicle, measurement',
    ADD COLUMN IF NOT EXISTS chosen_plate Nullable(String) COMMENT 'Candidate of the register that was chosen; empty: none of them; NULL: nothing was chosen' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS withdraws String COMMENT 'The decision_id that it takes back; empty where it takes back none' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS effect LowCardinality(String) COMMENT 'counted, conflict (it changed nothing) or aside (it decides nothing); empty: from before, when the first decision counted',
    ADD COLUMN IF NOT EXISTS status_after LowCardinality(String) COMMENT 'Status of the case after it; empty: from before';

ALTER TABLE cases
    MODIFY COLUMN status Enum8('open' = 0, 'confirmed' = 1, 'rejected' = 2, 'lapsed' = 3, 'second review' = 4, 'disputed' = 5)
        COMMENT 'What the answers come to; open: there is none; second review, disputed: another one is asked for; lapsed: they did not decide in time',
    ADD COLUMN IF NOT EXISTS reviewers Array(LowCardinality(String)) COMMENT 'Who has answered so far, in this order; empty also for decisions from before';

ALTER TABLE cases
    COMMENT COLUMN precedence '0: open; else it grows with every answer that was reckoned with (from before: one very great number)',
    COMMENT COLUMN decided_at 'When it was decided for good; NULL: it is not',
    COMMENT COLUMN officer 'Whose answer decided it; empty: none has',
    COMMENT COLUMN reason_code 'Why it was rejected; empty where it is not';

CREATE TABLE IF NOT EXISTS review_terms
(
    case_id String COMMENT 'The case (violation_id)' CODEC(ZSTD(3)),
    reasons Array(LowCardinality(String)) COMMENT 'Why a second officer must look: share, offence, severity, confidence; empty: one is enough',
    undo_s Float64 COMMENT 'For how long an answer may be taken back, s' CODEC(ZSTD(1)),
    lease_s Float64 COMMENT 'For how long an officer holds the case, s' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY case_id
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1, index_granularity = 1024
COMMENT 'Under what terms a case is decided, as the policy was when it was opened; a case without a row needs one officer';

CREATE OR REPLACE VIEW v_case_events
(
    case_id String COMMENT 'The case (violation_id)',
    event_id String COMMENT 'Deterministic id of the event',
    sequence UInt64 COMMENT '0: opened or lapsed; then the order of the decisions log',
    kind String COMMENT 'opened, confirmed, rejected, withdrawn, answered (by the keeper), lapsed, or conflict: it changed nothing',
    at DateTime64(9, 'UTC') COMMENT 'When it happened',
    at_ns Int64 COMMENT 'The same, UTC nanoseconds',
    decision_id String COMMENT 'Id of the decision message; empty where it was none',
    officer Nullable(String) COMMENT 'Who answered',
    reason_code Nullable(String) COMMENT 'Why it was rejected',
    note String COMMENT 'What was added',
    review String COMMENT 'Which question was answered: first, second or supervisor; empty where it was no answer, or from before',
    checked Array(String) COMMENT 'What was ticked before confirming: plate, vehicle, measurement',
    chosen_plate Nullable(String) COMMENT 'Candidate of the register that was chosen; empty: none of them; NULL: nothing was chosen',
    status_after String COMMENT 'Status of the case after it; empty: from before'
)
AS SELECT
    event.case_id AS case_id,
    event.event_id AS event_id,
    event.sequence AS sequence,
    if(
        event.effect = 'conflict' OR (event.effect = '' AND event.sequence > min(if(event.sequence = 0, 18446744073709551615, event.sequence))
            OVER (PARTITION BY event.case_id)),
        'conflict',
        toString(event.kind)
    ) AS kind,
    event.at AS at,
    toUnixTimestamp64Nano(event.at) AS at_ns,
    event.decision_id AS decision_id,
    nullIf(event.officer, '') AS officer,
    nullIf(toString(event.reason_code), '') AS reason_code,
    event.note AS note,
    toString(event.review) AS review,
    CAST(event.checked, 'Array(String)') AS checked,
    event.chosen_plate AS chosen_plate,
    toString(event.status_after) AS status_after
FROM (SELECT * FROM case_events FINAL) AS event
COMMENT 'Events of the cases, with those that changed nothing marked as conflicts';

CREATE OR REPLACE VIEW v_decisions
(
    decided_at DateTime64(3, 'UTC') COMMENT 'When the case was decided for good',
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
WHERE cases.status IN ('confirmed', 'rejected')
-- All rows of a case lie in one month.
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Cases that were decided, with when and why, without plate and without officer';

CREATE OR REPLACE VIEW v_reviewers_daily
(
    day Date COMMENT 'Day of the decisions, UTC',
    officer String COMMENT 'Who took part in them',
    decided UInt64 COMMENT 'Cases decided that day in which this officer''s answer counted',
    confirmed UInt64 COMMENT 'Those confirmed in the end',
    rejected UInt64 COMMENT 'Those rejected in the end',
    median_seconds Nullable(Float64) COMMENT 'Median time from when a case was in the store until it was decided, s'
)
AS SELECT
    toDate(assumeNotNull(decided_at)) AS day,
    -- A decision from before names the one officer who made it.
    toString(arrayJoin(if(empty(cases.reviewers), [cases.officer], cases.reviewers))) AS officer,
    count() AS decided,
    countIf(cases.status = 'confirmed') AS confirmed,
    countIf(cases.status = 'rejected') AS rejected,
    quantileExact(0.5)(greatest(0, dateDiff('millisecond', cases.recorded_at, decided_at) / 1000)) AS median_seconds
FROM cases FINAL
WHERE cases.status IN ('confirmed', 'rejected')
GROUP BY day, officer
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Decisions by officer and day; names officers';
