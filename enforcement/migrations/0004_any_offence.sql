-- A finding is no longer always about a speed: what was measured comes with its unit, and the columns of a
-- speed are filled for findings in km/h alone. Rows from before were all about speeds, which the defaults say.
ALTER TABLE violations
    MODIFY COLUMN enforced_speed_kmh Nullable(Float64) COMMENT 'Measured speed less what is subtracted, km/h; NULL where the offence is not about a speed',
    MODIFY COLUMN limit_kmh Nullable(Float64) COMMENT 'What the policy allows, km/h; NULL where the offence is not about a speed',
    COMMENT COLUMN speed_kmh 'Measured speed, km/h; NULL where the offence is not about a speed',
    COMMENT COLUMN speed_uncertainty_kmh 'Expanded uncertainty (k=2), km/h; NULL where there is none or no speed';

ALTER TABLE violations
    ADD COLUMN IF NOT EXISTS measured Float64 DEFAULT ifNull(speed_kmh, 0) COMMENT 'What was measured, in the unit; 0 where nothing is' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS unit LowCardinality(String) DEFAULT 'km/h' COMMENT 'Unit of measured, subtracted, enforced and allowed: km/h, s, m, or empty',
    ADD COLUMN IF NOT EXISTS measured_uncertainty Nullable(Float64) DEFAULT speed_uncertainty_kmh COMMENT 'Expanded uncertainty (k=2) of measured, in the unit' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS subtracted Float64 DEFAULT round(ifNull(speed_kmh - enforced_speed_kmh, 0), 6) COMMENT 'What was taken off in the driver''s favour, in the unit' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS enforced Float64 DEFAULT ifNull(enforced_speed_kmh, 0) COMMENT 'measured - subtracted, which is compared with allowed' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS allowed Float64 DEFAULT ifNull(limit_kmh, 0) COMMENT 'What the policy allows, in the unit' CODEC(ZSTD(1));

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
    violation.passage AS passage,
    -- A case from before is about what was read.
    if(violation.grammar_version = '', violation.plate, violation.plate_raw) AS plate_raw,
    violation.plate_legible OR (violation.grammar_version = '' AND violation.plate IS NOT NULL) AS plate_legible,
    if(violation.grammar_version = '', violation.plate, violation.plate_normalised) AS plate_normalised,
    violation.plate_probability AS plate_probability,
    nullIf(toString(violation.plate_country), '') AS plate_country,
    violation.plate_country_probability AS plate_country_probability,
    nullIf(toString(violation.plate_region), '') AS plate_region,
    nullIf(toString(violation.plate_format), '') AS plate_format,
    violation.plate_why AS plate_why,
    toString(violation.grammar_version) AS grammar_version,
    violation.measured AS measured,
    toString(violation.unit) AS unit,
    violation.measured_uncertainty AS measured_uncertainty,
    violation.subtracted AS subtracted,
    violation.enforced AS enforced,
    violation.allowed AS allowed
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
    allowed Float64 COMMENT 'What the policy allows, in the unit'
)
AS SELECT
    violation_id, occurred_at, camera_id, offence, plate, speed_kmh, limit_kmh, keeper_id, status,
    enforced_speed_kmh, speed_uncertainty_kmh, vehicle, site_id, passage_id,
    plate_raw, plate_normalised, plate_probability, plate_country, plate_format, grammar_version,
    measured, unit, measured_uncertainty, subtracted, enforced, allowed
FROM v_cases
COMMENT 'Violations for analysts: one row each, with the status of the case';
