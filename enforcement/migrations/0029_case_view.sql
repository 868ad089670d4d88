-- The case page's status follows all answers to a case, as the queue's does.
CREATE OR REPLACE VIEW v_cases
(
    violation_id String COMMENT 'Id of the violation and of its case',
    occurred_at DateTime64(9, 'UTC') COMMENT 'When the vehicle came into view',
    occurred_at_ns Int64 COMMENT 'occurred_at in UTC nanoseconds',
    camera_id String COMMENT 'Camera that saw it',
    site_id String COMMENT 'Site of the camera',
    offence String COMMENT 'The rule that was broken',
    plate Nullable(String) COMMENT 'Plate that the register was asked for; NULL: unreadable',
    plate_confidence Float64 COMMENT 'Confidence of the reading, 0 to 1',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    speed_kmh Nullable(Float64) COMMENT 'Measured speed, km/h; NULL where the offence is not about a speed',
    speed_uncertainty_kmh Nullable(Float64) COMMENT 'Expanded uncertainty (k=2), km/h',
    limit_kmh Nullable(Float64) COMMENT 'What the policy allows, km/h',
    enforced_speed_kmh Nullable(Float64) COMMENT 'Measured speed less what is subtracted, km/h',
    keeper_id Nullable(String) COMMENT 'Keeper found in the register when it was stored; NULL: none',
    status String COMMENT 'open, second review, disputed, confirmed, rejected or lapsed: what the answers come to',
    thumbnail_digest Nullable(String) COMMENT 'SHA-256 of the picture for the queue',
    plate_digest Nullable(String) COMMENT 'SHA-256 of the plate crop',
    passage_id String COMMENT 'The passage it was found in',
    keeper String COMMENT 'The register entry as it was then (JSON); empty: none',
    finding String COMMENT 'The finding (JSON): measured, subtracted, allowed, explanation',
    passage String COMMENT 'The whole passage message (JSON)',
    plate_raw Nullable(String) COMMENT 'What the frames show together; NULL: unreadable',
    plate_legible Bool COMMENT 'Whether the roadside called plate_raw legible',
    plate_normalised Nullable(String) COMMENT 'Likeliest text when plate formats are weighed in',
    plate_probability Float64 COMMENT 'Probability of plate_normalised, 0 to 1',
    plate_country Nullable(String) COMMENT 'Likeliest country (ISO 3166 code); NULL: none',
    plate_country_probability Float64 COMMENT 'Its probability, given the text',
    plate_region Nullable(String) COMMENT 'State or province of the country; NULL: none',
    plate_format Nullable(String) COMMENT 'Likeliest format of that country; NULL: none',
    plate_why String COMMENT 'What was weighed against what, as a sentence',
    grammar_version String COMMENT 'Version of the plate formats; empty: not weighed',
    measured Float64 COMMENT 'What was measured, in the unit; 0 where nothing is',
    unit String COMMENT 'Unit of measured, subtracted, enforced and allowed: km/h, s, m, or empty',
    measured_uncertainty Nullable(Float64) COMMENT 'Expanded uncertainty (k=2) of measured, in the unit',
    subtracted Float64 COMMENT 'What was taken off in the driver''s favour, in the unit',
    enforced Float64 COMMENT 'measured - subtracted, which is compared with allowed',
    allowed Float64 COMMENT 'What the policy allows, in the unit'
)
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
    multiIf(
        decided.has_lapsed AND decided.status IN ('', 'open', 'second review', 'disputed'), 'lapsed',
        decided.status = '', 'open',
        decided.status
    ) AS status,
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
    SELECT
        case_id,
        argMaxIf(toString(status_after), sequence, status_after != '') AS latest,
        -- Of decisions from before the first one counts.
        argMinIf(toString(kind), sequence, kind IN ('confirmed', 'rejected')) AS first_outcome,
        if(latest = '', first_outcome, latest) AS status,
        countIf(kind = 'lapsed') > 0 AS has_lapsed
    FROM case_events FINAL
    GROUP BY case_id
) AS decided ON decided.case_id = violation.violation_id
SETTINGS join_use_nulls = 0
COMMENT 'One case whole, with its passage and finding: for the case page; lists and counts are in v_violations';
