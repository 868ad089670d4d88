-- One row may arrive more than once (the bus delivers at least once). Every table is therefore a
-- ReplacingMergeTree whose sorting key ends in a deterministic id: a repeated row replaces itself, and
-- reading with FINAL shows it once even before the merge. Retention counts from recorded_at, not from the
-- event, so that an old clip analysed today is not erased at once. fsync: an offset is committed on the
-- bus only after the rows are on the disk.

CREATE TABLE IF NOT EXISTS passages
(
    passage_id String COMMENT 'Deterministic id of the passage (UUIDv5)' CODEC(ZSTD(3)),
    camera_id LowCardinality(String) COMMENT 'Camera that saw it',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    lane LowCardinality(String) COMMENT 'Lane of the site file; empty where unknown',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the vehicle came into view' CODEC(Delta, ZSTD(1)),
    speed_kmh Nullable(Float32) COMMENT 'Measured speed, km/h; NULL where the measurement is void' CODEC(ZSTD(1)),
    uncertainty_kmh Nullable(Float32) COMMENT 'Expanded uncertainty (k=2) of the speed, km/h' CODEC(ZSTD(1)),
    void_reason LowCardinality(String) COMMENT 'Why there is no speed; empty where there is one',
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(occurred_at)
-- Questions are asked by camera over a stretch of time; the id only makes the key unique.
ORDER BY (camera_id, occurred_at, passage_id)
TTL toDateTime(recorded_at) + INTERVAL 2 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Anonymous statistics of every vehicle that passed: no plate, no picture, no track';

CREATE TABLE IF NOT EXISTS violations
(
    violation_id String COMMENT 'Deterministic id of passage and offence (UUIDv5); also the case id' CODEC(ZSTD(3)),
    passage_id String COMMENT 'The passage it was found in' CODEC(ZSTD(3)),
    camera_id LowCardinality(String) COMMENT 'Camera that saw it',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    occurred_at DateTime64(9, 'UTC') COMMENT 'When the vehicle came into view' CODEC(Delta, ZSTD(1)),
    offence LowCardinality(String) COMMENT 'The rule that was broken, for instance speeding',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    plate Nullable(String) COMMENT 'Plate, normalised; NULL: unreadable' CODEC(ZSTD(1)),
    plate_confidence Float64 COMMENT 'Confidence of the reading, 0 to 1' CODEC(ZSTD(1)),
    speed_kmh Nullable(Float64) COMMENT 'Measured speed, km/h' CODEC(ZSTD(1)),
    speed_uncertainty_kmh Nullable(Float64) COMMENT 'Expanded uncertainty (k=2), km/h' CODEC(ZSTD(1)),
    enforced_speed_kmh Float64 COMMENT 'Measured speed less the tolerance, km/h' CODEC(ZSTD(1)),
    limit_kmh Float64 COMMENT 'What the policy allows, km/h' CODEC(ZSTD(1)),
    policy_id LowCardinality(String) COMMENT 'Policy that was applied',
    policy_version LowCardinality(String) COMMENT 'Its version',
    keeper_id Nullable(String) COMMENT 'Keeper found in the register when it was stored; NULL: none' CODEC(ZSTD(1)),
    keeper String COMMENT 'The register entry as it was then (JSON); empty: none' CODEC(ZSTD(3)),
    thumbnail_digest Nullable(String) COMMENT 'SHA-256 of the picture for the queue' CODEC(ZSTD(1)),
    plate_digest Nullable(String) COMMENT 'SHA-256 of the plate crop' CODEC(ZSTD(1)),
    finding String COMMENT 'The finding (JSON): measured, subtracted, allowed, explanation' CODEC(ZSTD(3)),
    passage String COMMENT 'The whole passage message (JSON)' CODEC(ZSTD(3)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1)),
    INDEX by_violation violation_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(occurred_at)
-- By camera and time like passages; one case is found through the bloom filter on its id.
ORDER BY (camera_id, occurred_at, violation_id)
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1, index_granularity = 1024
COMMENT 'Findings of the rules, each one a case for a person; the status is derived from case_events';

CREATE TABLE IF NOT EXISTS case_events
(
    case_id String COMMENT 'The case (violation_id)' CODEC(ZSTD(3)),
    event_id String COMMENT 'Deterministic id of the event (UUIDv5)' CODEC(ZSTD(3)),
    sequence UInt64 COMMENT '0: opened; else 1 + offset of the decision in the decisions log' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'opened, confirmed or rejected, as it was decided',
    at DateTime64(9, 'UTC') COMMENT 'When it happened' CODEC(ZSTD(1)),
    decision_id String COMMENT 'Id of the decision message; empty for opened' CODEC(ZSTD(1)),
    officer String COMMENT 'Who decided; empty for opened' CODEC(ZSTD(1)),
    reason_code LowCardinality(String) COMMENT 'Why it was rejected; empty where confirmed',
    note String COMMENT 'What the officer added' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1)),
    -- A decision published twice keeps its earlier place in the log: the larger precedence wins the merge.
    precedence UInt64 MATERIALIZED 18446744073709551615 - sequence COMMENT 'Descending sequence, version of the row'
)
ENGINE = ReplacingMergeTree(precedence)
ORDER BY (case_id, event_id)
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'What happened to each case; append-only, the state of a case is derived from it';

CREATE TABLE IF NOT EXISTS keepers
(
    plate String COMMENT 'Plate, normalised: upper case, letters and digits' CODEC(ZSTD(1)),
    keeper_id String COMMENT 'Id of the keeper in the register' CODEC(ZSTD(1)),
    keeper_name String COMMENT 'Name' CODEC(ZSTD(1)),
    keeper_address String COMMENT 'Address' CODEC(ZSTD(1)),
    vehicle_class LowCardinality(String) COMMENT 'Class of the vehicle as registered',
    make LowCardinality(String) COMMENT 'Make of the vehicle',
    colour LowCardinality(String) COMMENT 'Colour of the vehicle',
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was imported' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY plate
SETTINGS fsync_after_insert = 1
COMMENT 'The register as it was last imported; replaced as a whole by each import';

CREATE TABLE IF NOT EXISTS evidence_index
(
    digest FixedString(64) COMMENT 'SHA-256 of the bytes, hexadecimal' CODEC(ZSTD(1)),
    passage_id String COMMENT 'The passage it belongs to; several may share one picture' CODEC(ZSTD(1)),
    fact Enum8('stored' = 1, 'kept' = 2, 'released' = 3, 'discarded' = 4)
        COMMENT 'stored: bytes came; kept: a violation names it; released: no finding; discarded: erased',
    camera_id LowCardinality(String) COMMENT 'Camera that took it',
    media_type LowCardinality(String) COMMENT 'For instance image/jpeg; empty until the bytes came',
    sealed Bool COMMENT 'Encrypted to the authority''s key',
    size_bytes UInt64 COMMENT 'Length; 0 until the bytes came' CODEC(ZSTD(1)),
    recorded_at DateTime64(9, 'UTC') DEFAULT now64(9) COMMENT 'When the fact was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(recorded_at)
-- Facts are added, never changed, so that workers which see evidence and passage separately cannot
-- overwrite one another.
ORDER BY (digest, passage_id, fact)
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'What is known of each piece of evidence; the bytes lie in the evidence folder';

CREATE TABLE IF NOT EXISTS access_log
(
    access_id UUID DEFAULT generateUUIDv4() COMMENT 'Id of the access',
    at DateTime64(9, 'UTC') DEFAULT now64(9) COMMENT 'When' CODEC(Delta, ZSTD(1)),
    officer String COMMENT 'Who' CODEC(ZSTD(1)),
    action LowCardinality(String) COMMENT 'What was done, for instance unsealed',
    subject String COMMENT 'To what: a digest or a case id' CODEC(ZSTD(1)),
    reason String COMMENT 'Why, in the officer''s words' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (at, access_id)
TTL toDateTime(at) + INTERVAL 5 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Who looked at sealed evidence, when and why; append-only';
