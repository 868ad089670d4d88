-- What the register says of a vehicle's papers, pictures that wait for the other end of a section, and findings
-- that an exemption set aside.
ALTER TABLE keepers
    ADD COLUMN IF NOT EXISTS insured_until Nullable(Date32) COMMENT 'Last day of the insurance; NULL: the register does not say' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS inspected_until Nullable(Date32) COMMENT 'Last day of the inspection; NULL: the register does not say' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS stolen Bool COMMENT 'Whether the vehicle or its plate is reported as stolen';

ALTER TABLE evidence_index
    MODIFY COLUMN fact Enum8('stored' = 1, 'kept' = 2, 'released' = 3, 'discarded' = 4, 'awaited' = 5)
        COMMENT 'stored: bytes came; kept: a violation names it; released: no finding; discarded: erased; awaited: the passage may yet be matched';

CREATE TABLE IF NOT EXISTS exempted_findings
(
    finding_id String COMMENT 'Deterministic id of passage and offence (UUIDv5), as a violation would have' CODEC(ZSTD(3)),
    camera_id LowCardinality(String) COMMENT 'Camera that saw it',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the vehicle came into view' CODEC(Delta, ZSTD(1)),
    offence LowCardinality(String) COMMENT 'The rule that was broken',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    reason LowCardinality(String) COMMENT 'Why the policy exempts it',
    policy_id LowCardinality(String) COMMENT 'Policy that was applied',
    policy_version LowCardinality(String) COMMENT 'Its version',
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (camera_id, occurred_at, finding_id)
TTL toDateTime(recorded_at) + INTERVAL 2 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Findings that an exemption set aside, to be counted: no plate, no picture, no track';
