-- Officers work on what is undecided, a small and steady part of all cases: it is kept apart, so that the queue reads
-- what waits and not what was ever decided. `cases` stays what counts; whatever is written there is followed here.

-- What the register made of the plate stands with the case, where the queue asks for it.
ALTER TABLE violations
    ADD COLUMN IF NOT EXISTS match LowCardinality(String) COMMENT 'What the register made of the plate: certain, ambiguous, none or foreign; empty: from before',
    ADD COLUMN IF NOT EXISTS candidates UInt16 COMMENT 'How many registered vehicles it may be' CODEC(ZSTD(1));

ALTER TABLE cases
    ADD COLUMN IF NOT EXISTS match LowCardinality(String) COMMENT 'What the register made of the plate: certain, ambiguous, none or foreign; empty: from before',
    ADD COLUMN IF NOT EXISTS candidates UInt16 COMMENT 'How many registered vehicles it may be' CODEC(ZSTD(1));

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
    0 AS precedence, due_at, due_soon_at, seeded, match, candidates
FROM violations;

CREATE TABLE IF NOT EXISTS open_cases
(
    case_id UUID COMMENT 'The case (violation_id)' CODEC(ZSTD(1)),
    occurred_at DateTime64(9, 'UTC') COMMENT 'When the vehicle came into view' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera that saw it',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    offence LowCardinality(String) COMMENT 'The rule that was broken',
    status Enum8('open' = 0, 'confirmed' = 1, 'rejected' = 2, 'lapsed' = 3, 'second review' = 4, 'disputed' = 5) COMMENT 'What the answers come to',
    plate Nullable(String) COMMENT 'Plate that the register was asked for; NULL: unreadable' CODEC(ZSTD(1)),
    plate_confidence Float64 COMMENT 'Confidence of the reading, 0 to 1' CODEC(ZSTD(1)),
    match LowCardinality(String) COMMENT 'What the register made of the plate: certain, ambiguous, none or foreign; empty: from before',
    reviewers Array(LowCardinality(String)) COMMENT 'Who has answered so far, in this order',
    severity Float32 COMMENT 'By what part of the allowed value the case is beyond it; 0.5 where nothing is measured' CODEC(ZSTD(1)),
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when the case has to be decided by law; NULL: no deadline' CODEC(ZSTD(1)),
    due_soon_at Nullable(DateTime64(3, 'UTC')) COMMENT 'From when on it is due soon; NULL: no deadline' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the violation was stored' CODEC(Delta, ZSTD(1)),
    held Bool COMMENT 'Whether a legal hold keeps it beyond its time',
    precedence UInt64 COMMENT 'It grows with every answer that was reckoned with' CODEC(ZSTD(1)),
    is_settled UInt8 COMMENT '1: it was decided, and a question does not find it' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(precedence, is_settled)
ORDER BY (occurred_at, case_id)
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
-- A worker merges away what is settled, every now and then.
SETTINGS fsync_after_insert = 1, allow_experimental_replacing_merge_with_cleanup = 1
COMMENT 'Undecided cases with what the queue is chosen, counted and sorted by; read with FINAL';

CREATE TABLE IF NOT EXISTS open_case_lines
(
    case_id UUID COMMENT 'The case (violation_id)' CODEC(ZSTD(1)),
    occurred_at DateTime64(9, 'UTC') COMMENT 'When the vehicle came into view' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera that saw it',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    offence LowCardinality(String) COMMENT 'The rule that was broken',
    status Enum8('open' = 0, 'confirmed' = 1, 'rejected' = 2, 'lapsed' = 3, 'second review' = 4, 'disputed' = 5) COMMENT 'What the answers come to',
    plate Nullable(String) COMMENT 'Plate that the register was asked for; NULL: unreadable' CODEC(ZSTD(1)),
    plate_confidence Float64 COMMENT 'Confidence of the reading, 0 to 1' CODEC(ZSTD(1)),
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    speed_kmh Nullable(Float64) COMMENT 'Measured speed, km/h; NULL where the offence is not about a speed' CODEC(ZSTD(1)),
    speed_uncertainty_kmh Nullable(Float64) COMMENT 'Expanded uncertainty (k=2), km/h' CODEC(ZSTD(1)),
    limit_kmh Nullable(Float64) COMMENT 'What the policy allows, km/h' CODEC(ZSTD(1)),
    enforced_speed_kmh Nullable(Float64) COMMENT 'Measured speed less what is subtracted, km/h' CODEC(ZSTD(1)),
    keeper_id Nullable(String) COMMENT 'Keeper found in the register when it was stored; NULL: none' CODEC(ZSTD(1)),
    thumbnail_digest Nullable(String) COMMENT 'SHA-256 of the picture for the queue' CODEC(ZSTD(1)),
    plate_digest Nullable(String) COMMENT 'SHA-256 of the plate crop' CODEC(ZSTD(1)),
    measured Float64 COMMENT 'What was measured, in the unit; 0 where nothing is' CODEC(ZSTD(1)),
    unit LowCardinality(String) COMMENT 'Unit of measured, enforced and allowed: km/h, s, m, or empty',
    measured_uncertainty Nullable(Float64) COMMENT 'Expanded uncertainty (k=2) of measured, in the unit' CODEC(ZSTD(1)),
    enforced Float64 COMMENT 'What counts, which is compared with allowed' CODEC(ZSTD(1)),
    allowed Float64 COMMENT 'What the policy allows, in the unit' CODEC(ZSTD(1)),
    match LowCardinality(String) COMMENT 'What the register made of the plate: certain, ambiguous, none or foreign; empty: from before',
    candidates UInt16 COMMENT 'How many registered vehicles it may be' CODEC(ZSTD(1)),
    severity Float32 COMMENT 'By what part of the allowed value the case is beyond it; 0.5 where nothing is measured' CODEC(ZSTD(1)),
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when the case has to be decided by law; NULL: no deadline' CODEC(ZSTD(1)),
    due_soon_at Nullable(DateTime64(3, 'UTC')) COMMENT 'From when on it is due soon; NULL: no deadline' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the violation was stored' CODEC(Delta, ZSTD(1)),
    held Bool COMMENT 'Whether a legal hold keeps it beyond its time',
    precedence UInt64 COMMENT 'It grows with every answer that was reckoned with' CODEC(ZSTD(1)),
    is_settled UInt8 COMMENT '1: it was decided, and a question does not find it' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(precedence, is_settled)
ORDER BY (occurred_at, case_id)
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
-- A page asks for fifty rows that lie anywhere: granules are small, and all of a row's columns lie together.
SETTINGS fsync_after_insert = 1, allow_experimental_replacing_merge_with_cleanup = 1,
    index_granularity = 64, min_bytes_for_wide_part = 10000000000, min_rows_for_wide_part = 0
COMMENT 'Undecided cases as the queue shows them, one by one; read with FINAL';

CREATE MATERIALIZED VIEW IF NOT EXISTS open_cases_following TO open_cases
AS SELECT
    case_id, occurred_at, camera_id, site_id, offence, status, plate, plate_confidence, match, reviewers, severity,
    due_at, due_soon_at, recorded_at, held, precedence,
    toUInt8(status NOT IN ('open', 'second review', 'disputed') OR erased_at IS NOT NULL) AS is_settled
FROM cases
COMMENT 'What becomes of a case, it becomes in open_cases too';

CREATE MATERIALIZED VIEW IF NOT EXISTS open_case_lines_following TO open_case_lines
AS SELECT
    case_id, occurred_at, camera_id, site_id, offence, status, plate, plate_confidence, vehicle,
    speed_kmh, speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh, keeper_id, thumbnail_digest, plate_digest,
    measured, unit, measured_uncertainty, enforced, allowed, match, candidates, severity,
    due_at, due_soon_at, recorded_at, held, precedence,
    toUInt8(status NOT IN ('open', 'second review', 'disputed') OR erased_at IS NOT NULL) AS is_settled
FROM cases
COMMENT 'What becomes of a case, it becomes in open_case_lines too';

-- Cases from before. Those whose plates were matched are written again with what came of it, and followed; a
-- repetition writes the same rows.
INSERT INTO cases SELECT cases.* REPLACE (matched.match AS match, toUInt16(length(matched.plates)) AS candidates)
FROM (SELECT * FROM cases FINAL) AS cases
INNER JOIN (SELECT case_id, match, plates FROM case_candidates FINAL) AS matched ON matched.case_id = cases.case_id
WHERE cases.match = '';

INSERT INTO cases SELECT cases.* FROM (SELECT * FROM cases FINAL) AS cases
WHERE cases.status IN ('open', 'second review', 'disputed') AND cases.erased_at IS NULL;

-- Which cameras have cases, and of which offences: the choices of the queue's filters.
CREATE TABLE IF NOT EXISTS case_sources
(
    camera_id LowCardinality(String) COMMENT 'Camera that has cases',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    offence LowCardinality(String) COMMENT 'A rule that was broken there',
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the newest of them was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (camera_id, site_id, offence)
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'The cameras and offences that there are cases of';

CREATE MATERIALIZED VIEW IF NOT EXISTS case_sources_filling TO case_sources
AS SELECT camera_id, site_id, offence, max(violations.recorded_at) AS recorded_at
FROM violations
GROUP BY camera_id, site_id, offence
COMMENT 'Fills case_sources';

INSERT INTO case_sources
SELECT camera_id, site_id, offence, max(cases.recorded_at) AS recorded_at FROM cases
GROUP BY camera_id, site_id, offence;
