-- Reviewers are tested with invented cases whose answer is known; these are cases for the reviewer and for nobody else, so
-- every figure leaves them out. And a rule that finds too much that is false at a camera is suspended there.
ALTER TABLE violations
    ADD COLUMN IF NOT EXISTS seeded Bool DEFAULT false COMMENT 'Invented to test reviews: no vehicle did this, and it is in no figure';

ALTER TABLE cases
    ADD COLUMN IF NOT EXISTS seeded Bool DEFAULT false COMMENT 'Invented to test reviews: no vehicle did this, and it is in no figure';

ALTER TABLE cases_opened MODIFY QUERY
SELECT
    toUUID(violation_id) AS case_id, occurred_at, camera_id, site_id, offence,
    'open' AS status, vehicle,
    plate, plate_confidence,
    -- A case from before is about what was read.
    if(grammar_version = '', plate, plate_raw) AS plate_raw,
    if(grammar_version = '', plate, plate_normalised) AS plate_normalised,
    plate_probability, plate_country, plate_format, grammar_version,
    speed_kmh, speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh,
    measured, unit, measured_uncertainty, subtracted, enforced, allowed,
    keeper_id, passage_id, thumbnail_digest, plate_digest, recorded_at,
    0 AS precedence, due_at, due_soon_at, seeded
FROM violations;

ALTER TABLE reader_hours_filling MODIFY QUERY
SELECT
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    any(violations.site_id) AS site_id,
    maxMap(map(cityHash64(violation_id), if(plate IS NULL, -1, toFloat32(plate_confidence)))) AS confidences
FROM violations
WHERE NOT seeded
GROUP BY hour, camera_id;

CREATE TABLE IF NOT EXISTS known_cases
(
    known_id UUID COMMENT 'Deterministic id of what the invented passage shows (UUIDv5)',
    offence LowCardinality(String) COMMENT 'The rule that seems to be broken',
    unit LowCardinality(String) COMMENT 'Unit of allowed: km/h, s, m, or empty',
    allowed Float64 COMMENT 'What the policy allows, in the unit; it is put only where that is so' CODEC(ZSTD(1)),
    answer LowCardinality(String) COMMENT 'confirmed or rejected: what is right',
    reason_code LowCardinality(String) COMMENT 'Why it has to be rejected; empty where confirmed is right',
    passage String COMMENT 'The invented passage (JSON)' CODEC(ZSTD(3)),
    finding String COMMENT 'What the rule would have found (JSON)' CODEC(ZSTD(3)),
    keeper String COMMENT 'The invented keeper (JSON); empty: none' CODEC(ZSTD(3)),
    added_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was added' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(added_at)
ORDER BY known_id
SETTINGS fsync_after_insert = 1
COMMENT 'Invented cases with a known answer that can be put among the real ones, each once';

CREATE TABLE IF NOT EXISTS seeded_cases
(
    case_id UUID COMMENT 'The case that was put (violation_id)' CODEC(ZSTD(1)),
    known_id UUID COMMENT 'Which known case it is' CODEC(ZSTD(1)),
    answer LowCardinality(String) COMMENT 'confirmed or rejected: what is right',
    reason_code LowCardinality(String) COMMENT 'Why it has to be rejected; empty where confirmed is right',
    put_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was put' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(put_at)
ORDER BY case_id
TTL toDateTime(put_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Known cases that were put among the real ones, with the answer that is right';

CREATE TABLE IF NOT EXISTS suspensions
(
    camera_id LowCardinality(String) COMMENT 'Camera',
    offence LowCardinality(String) COMMENT 'The rule that is suspended there',
    at DateTime64(6, 'UTC') COMMENT 'When it was suspended, or allowed again' CODEC(Delta, ZSTD(1)),
    is_suspended Bool COMMENT 'Whether it is suspended from then on',
    by String COMMENT 'Who said so; policy: the policy''s own limit was passed',
    reason String COMMENT 'Why, in words' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (camera_id, offence, at)
SETTINGS fsync_after_insert = 1
COMMENT 'Rules suspended at single cameras, and allowed again: every change stays; what is found meanwhile opens no case';

CREATE OR REPLACE VIEW v_violations
(
    violation_id String COMMENT 'Id of the violation and of its case',
    occurred_at DateTime64(9, 'UTC') COMMENT 'When the vehicle came into view',
    camera_id String COMMENT 'Camera that saw it',
    offence String COMMENT 'The rule that was broken',
    plate Nullable(String) COMMENT 'Plate that the register was asked for; NULL: unreadable',
    speed_kmh Nullable(Float64) COMMENT 'Measured speed, km/h; NULL where the offence is not about a speed',
    limit_kmh Nullable(Float64) COMMENT 'What the policy allows, km/h; NULL where it is not about a speed',
    keeper_id Nullable(String) COMMENT 'Keeper found in the register; NULL: none',
    status String COMMENT 'open, second review, disputed, confirmed, rejected or lapsed',
    enforced_speed_kmh Nullable(Float64) COMMENT 'Measured speed less what is subtracted, km/h; NULL as above',
    speed_uncertainty_kmh Nullable(Float64) COMMENT 'Expanded uncertainty (k=2), km/h',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id String COMMENT 'Site of the camera',
    passage_id String COMMENT 'The passage it was found in',
    plate_raw Nullable(String) COMMENT 'What the frames show together; NULL: unreadable',
    plate_normalised Nullable(String) COMMENT 'Likeliest text when plate formats are weighed in',
    plate_probability Float64 COMMENT 'Its probability, 0 to 1; 0 where nothing was weighed',
    plate_country Nullable(String) COMMENT 'Likeliest country (ISO 3166 code)',
    plate_format Nullable(String) COMMENT 'Likeliest format of that country',
    grammar_version String COMMENT 'Version of the plate formats; empty: not weighed',
    measured Float64 COMMENT 'What was measured, in the unit; 0 where nothing is',
    unit String COMMENT 'Unit of measured, subtracted, enforced and allowed: km/h, s, m, or empty',
    measured_uncertainty Nullable(Float64) COMMENT 'Expanded uncertainty (k=2) of measured, in the unit',
    subtracted Float64 COMMENT 'What was taken off in the driver''s favour, in the unit',
    enforced Float64 COMMENT 'measured - subtracted, which is compared with allowed',
    allowed Float64 COMMENT 'What the policy allows, in the unit',
    occurred_at_ns Int64 COMMENT 'occurred_at in UTC nanoseconds',
    plate_confidence Float64 COMMENT 'Confidence of the reading, 0 to 1',
    thumbnail_digest Nullable(String) COMMENT 'SHA-256 of the picture for the queue',
    plate_digest Nullable(String) COMMENT 'SHA-256 of the plate crop'
)
AS SELECT
    toString(case_id) AS violation_id, occurred_at, toString(cases.camera_id) AS camera_id,
    toString(cases.offence) AS offence, plate,
    speed_kmh, limit_kmh, keeper_id, toString(cases.status) AS status, enforced_speed_kmh, speed_uncertainty_kmh,
    toString(cases.vehicle) AS vehicle, toString(cases.site_id) AS site_id, passage_id,
    plate_raw, plate_normalised, plate_probability,
    nullIf(toString(cases.plate_country), '') AS plate_country,
    nullIf(toString(cases.plate_format), '') AS plate_format,
    toString(cases.grammar_version) AS grammar_version,
    measured, toString(cases.unit) AS unit, measured_uncertainty, subtracted, enforced, allowed,
    toUnixTimestamp64Nano(occurred_at) AS occurred_at_ns,
    plate_confidence, thumbnail_digest, plate_digest
FROM cases FINAL
WHERE NOT seeded
-- All rows of a case lie in one month.
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Violations for analysts: one row each, with the status of the case';

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
WHERE cases.status IN ('confirmed', 'rejected') AND NOT cases.seeded
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
WHERE cases.status IN ('confirmed', 'rejected') AND NOT cases.seeded
GROUP BY day, officer
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Decisions by officer and day; names officers';
