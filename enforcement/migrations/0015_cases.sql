-- The officers' queue asks for open cases in the order of time, and reports count cases by status. Out of
-- `violations` (in the order of cameras, with the whole passage in each row) and a join with `case_events` a
-- million cases took seconds; this table has a narrow row a case in the order of time, with its status.
CREATE TABLE IF NOT EXISTS cases
(
    case_id UUID COMMENT 'The case (violation_id)' CODEC(ZSTD(1)),
    occurred_at DateTime64(9, 'UTC') COMMENT 'When the vehicle came into view' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera that saw it',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    offence LowCardinality(String) COMMENT 'The rule that was broken',
    status Enum8('open' = 0, 'confirmed' = 1, 'rejected' = 2) COMMENT 'What the first decision says; open: there is none',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    plate Nullable(String) COMMENT 'Plate that the register was asked for; NULL: unreadable' CODEC(ZSTD(1)),
    plate_confidence Float64 COMMENT 'Confidence of the reading, 0 to 1' CODEC(ZSTD(1)),
    plate_raw Nullable(String) COMMENT 'What the frames show together; NULL: unreadable' CODEC(ZSTD(1)),
    plate_normalised Nullable(String) COMMENT 'Likeliest text when plate formats are weighed in' CODEC(ZSTD(1)),
    plate_probability Float64 COMMENT 'Its probability, 0 to 1; 0 where nothing was weighed' CODEC(ZSTD(1)),
    plate_country LowCardinality(String) COMMENT 'Likeliest country (ISO 3166 code); empty: none',
    plate_format LowCardinality(String) COMMENT 'Likeliest format of that country; empty: none',
    grammar_version LowCardinality(String) COMMENT 'Version of the plate formats; empty: not weighed',
    speed_kmh Nullable(Float64) COMMENT 'Measured speed, km/h; NULL where the offence is not about a speed' CODEC(ZSTD(1)),
    speed_uncertainty_kmh Nullable(Float64) COMMENT 'Expanded uncertainty (k=2), km/h' CODEC(ZSTD(1)),
    limit_kmh Nullable(Float64) COMMENT 'What the policy allows, km/h' CODEC(ZSTD(1)),
    enforced_speed_kmh Nullable(Float64) COMMENT 'Measured speed less what is subtracted, km/h' CODEC(ZSTD(1)),
    measured Float64 COMMENT 'What was measured, in the unit; 0 where nothing is' CODEC(ZSTD(1)),
    unit LowCardinality(String) COMMENT 'Unit of measured, subtracted, enforced and allowed: km/h, s, m, or empty',
    measured_uncertainty Nullable(Float64) COMMENT 'Expanded uncertainty (k=2) of measured, in the unit' CODEC(ZSTD(1)),
    subtracted Float64 COMMENT 'What was taken off in the driver''s favour, in the unit' CODEC(ZSTD(1)),
    enforced Float64 COMMENT 'measured - subtracted, which is compared with allowed' CODEC(ZSTD(1)),
    allowed Float64 COMMENT 'What the policy allows, in the unit' CODEC(ZSTD(1)),
    keeper_id Nullable(String) COMMENT 'Keeper found in the register when it was stored; NULL: none' CODEC(ZSTD(1)),
    passage_id String COMMENT 'The passage it was found in' CODEC(ZSTD(3)),
    thumbnail_digest Nullable(String) COMMENT 'SHA-256 of the picture for the queue' CODEC(ZSTD(1)),
    plate_digest Nullable(String) COMMENT 'SHA-256 of the plate crop' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the violation was stored' CODEC(Delta, ZSTD(1)),
    precedence UInt64 COMMENT '0: open; else of the decision, the first in the log being the greatest' CODEC(ZSTD(1))
)
-- Whatever order rows come in, the first decision of the log wins.
ENGINE = ReplacingMergeTree(precedence)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, case_id)
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
-- A month that nobody writes to is merged to one part, which FINAL reads without comparing rows.
SETTINGS fsync_after_insert = 1, index_granularity = 1024,
    min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1
COMMENT 'The officers'' queue: one narrow row a case with its status, in the order of time';

CREATE MATERIALIZED VIEW IF NOT EXISTS cases_opened TO cases
AS SELECT
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
    0 AS precedence
FROM violations
COMMENT 'A new violation is an open case; fills cases';

-- What is there already, open first and then as it was decided; a repetition writes the same rows.
INSERT INTO cases SELECT
    toUUID(violation_id) AS case_id, occurred_at, camera_id, site_id, offence, 'open' AS status, vehicle,
    plate, plate_confidence,
    if(grammar_version = '', plate, plate_raw) AS plate_raw,
    if(grammar_version = '', plate, plate_normalised) AS plate_normalised,
    plate_probability, plate_country, plate_format, grammar_version,
    speed_kmh, speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh,
    measured, unit, measured_uncertainty, subtracted, enforced, allowed,
    keeper_id, passage_id, thumbnail_digest, plate_digest, recorded_at, 0 AS precedence
FROM violations FINAL;

INSERT INTO cases SELECT cases.* REPLACE (decided.outcome AS status, decided.first AS precedence)
FROM cases FINAL
INNER JOIN
(
    SELECT toUUID(case_id) AS decided_id, argMin(kind, sequence) AS outcome, max(case_events.precedence) AS first
    FROM case_events FINAL
    WHERE kind IN ('confirmed', 'rejected')
    GROUP BY decided_id
) AS decided ON decided.decided_id = cases.case_id;

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
    status String COMMENT 'open, confirmed or rejected',
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
-- All rows of a case lie in one month.
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Violations for analysts: one row each, with the status of the case';
