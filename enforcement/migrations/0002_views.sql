-- The first decision in the log's order counts; a later one is shown as a conflict and changes nothing.
-- Deriving this when reading makes it independent of the order in which rows were written.
CREATE OR REPLACE VIEW v_case_events
(
    case_id String COMMENT 'The case (violation_id)',
    event_id String COMMENT 'Deterministic id of the event',
    sequence UInt64 COMMENT '0: opened; then the order of the decisions log',
    kind String COMMENT 'opened, confirmed, rejected, or conflict: decided after another decision',
    at DateTime64(9, 'UTC') COMMENT 'When it happened',
    at_ns Int64 COMMENT 'The same, UTC nanoseconds',
    decision_id String COMMENT 'Id of the decision message; empty for opened',
    officer Nullable(String) COMMENT 'Who decided',
    reason_code Nullable(String) COMMENT 'Why it was rejected',
    note String COMMENT 'What the officer added'
)
AS SELECT
    event.case_id AS case_id,
    event.event_id AS event_id,
    event.sequence AS sequence,
    if(
        event.sequence > min(if(event.kind = 'opened', 18446744073709551615, event.sequence))
            OVER (PARTITION BY event.case_id),
        'conflict',
        toString(event.kind)
    ) AS kind,
    event.at AS at,
    toUnixTimestamp64Nano(event.at) AS at_ns,
    event.decision_id AS decision_id,
    nullIf(event.officer, '') AS officer,
    nullIf(toString(event.reason_code), '') AS reason_code,
    event.note AS note
FROM (SELECT * FROM case_events FINAL) AS event
COMMENT 'Events of the cases, with decisions that came second marked as conflicts';

CREATE OR REPLACE VIEW v_cases
AS SELECT
    violation.violation_id AS violation_id,
    violation.occurred_at AS occurred_at,
    toUnixTimestamp64Nano(violation.occurred_at) AS occurred_at_ns,
    toString(violation.camera_id) AS camera_id,
    toString(violation.site_id) AS site_id,
    toString(violation.offence) AS offence,
    violation.plate AS plate,
    violation.plate_confidence AS plate_confidence,
    toString(violation.vehicle) AS vehicle,
    violation.speed_kmh AS speed_kmh,
    violation.speed_uncertainty_kmh AS speed_uncertainty_kmh,
    violation.limit_kmh AS limit_kmh,
    violation.enforced_speed_kmh AS enforced_speed_kmh,
    violation.keeper_id AS keeper_id,
    if(decided.outcome = '', 'open', decided.outcome) AS status,
    violation.thumbnail_digest AS thumbnail_digest,
    violation.plate_digest AS plate_digest,
    violation.passage_id AS passage_id,
    violation.keeper AS keeper,
    violation.finding AS finding,
    violation.passage AS passage
FROM (SELECT * FROM violations FINAL) AS violation
LEFT JOIN
(
    SELECT case_id, argMin(toString(kind), sequence) AS outcome
    FROM case_events FINAL
    WHERE kind != 'opened'
    GROUP BY case_id
) AS decided ON decided.case_id = violation.violation_id
SETTINGS join_use_nulls = 0
COMMENT 'Every case with its status (open, confirmed, rejected); for the review pages';

CREATE OR REPLACE VIEW v_violations
(
    violation_id String COMMENT 'Id of the violation and of its case',
    occurred_at DateTime64(9, 'UTC') COMMENT 'When the vehicle came into view',
    camera_id String COMMENT 'Camera that saw it',
    offence String COMMENT 'The rule that was broken',
    plate Nullable(String) COMMENT 'Plate, normalised; NULL: unreadable',
    speed_kmh Nullable(Float64) COMMENT 'Measured speed, km/h',
    limit_kmh Float64 COMMENT 'What the policy allows, km/h',
    keeper_id Nullable(String) COMMENT 'Keeper found in the register; NULL: none',
    status String COMMENT 'open, confirmed or rejected',
    enforced_speed_kmh Float64 COMMENT 'Measured speed less the tolerance, km/h',
    speed_uncertainty_kmh Nullable(Float64) COMMENT 'Expanded uncertainty (k=2), km/h',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id String COMMENT 'Site of the camera',
    passage_id String COMMENT 'The passage it was found in'
)
AS SELECT
    violation_id, occurred_at, camera_id, offence, plate, speed_kmh, limit_kmh, keeper_id, status,
    enforced_speed_kmh, speed_uncertainty_kmh, vehicle, site_id, passage_id
FROM v_cases
COMMENT 'Violations for analysts: one row each, with the status of the case';

CREATE OR REPLACE VIEW v_passages
AS SELECT
    passage_id, occurred_at, toString(camera_id) AS camera_id, toString(site_id) AS site_id,
    toString(vehicle) AS vehicle, nullIf(toString(lane), '') AS lane, speed_kmh, uncertainty_kmh,
    nullIf(toString(void_reason), '') AS void_reason
FROM passages FINAL
COMMENT 'Anonymous statistics of every passage, each once';

CREATE OR REPLACE VIEW v_speeds_hourly
AS SELECT
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    count() AS passages,
    count(speed_kmh) AS measured,
    round(avg(speed_kmh), 1) AS mean_kmh,
    round(quantile(0.85)(speed_kmh), 1) AS p85_kmh,
    max(speed_kmh) AS max_kmh
FROM v_passages
GROUP BY hour, camera_id
COMMENT 'Passages and speeds by hour and camera; p85 is the speed that 85 % do not exceed';
