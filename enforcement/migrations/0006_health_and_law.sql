-- What stood beside the cases: units' health, the cameras, what they were measured with and judged by, every
-- finding with its fate, and who looked at what.

ALTER TABLE passages
    ADD COLUMN IF NOT EXISTS residual_m Nullable(Float32) COMMENT 'How far the track lay from the fitted way (rms), m; NULL: nothing was fitted' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS calibration_id LowCardinality(String) COMMENT 'Calibration that placed it on the road; empty: none';

CREATE TABLE IF NOT EXISTS heartbeats
(
    camera_id LowCardinality(String) COMMENT 'Camera of the unit',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    sent_at DateTime64(3, 'UTC') COMMENT 'When the unit sent it, by its own clock' CODEC(Delta, ZSTD(1)),
    frames UInt64 COMMENT 'Frames analysed since the unit started' CODEC(Delta, ZSTD(1)),
    frames_per_second Float32 COMMENT 'Mean since the unit started' CODEC(ZSTD(1)),
    dropped_frames UInt64 COMMENT 'Frames that never came, since the unit started' CODEC(Delta, ZSTD(1)),
    passages UInt64 COMMENT 'Passages published since the unit started' CODEC(Delta, ZSTD(1)),
    finished Bool COMMENT 'Whether this is the last one of a source that ended',
    clock_offset_ms Nullable(Float64) COMMENT 'How far the frames'' times moved against the wall clock since the start; NULL: no wall clock' CODEC(ZSTD(1)),
    clock_drift_ppm Nullable(Float64) COMMENT 'How fast they do; NULL: not known' CODEC(ZSTD(1)),
    spool_records UInt64 COMMENT 'Records on the unit''s disk that wait to be sent' CODEC(ZSTD(1)),
    spool_age_s Float32 COMMENT 'For how long the oldest of them has waited, s' CODEC(ZSTD(1)),
    given_up_records UInt64 COMMENT 'Statistics that found no room there since the unit started' CODEC(ZSTD(1)),
    event_kinds Array(LowCardinality(String)) COMMENT 'What a person must know, for instance camera-moved',
    event_times Array(DateTime64(3, 'UTC')) COMMENT 'When each of these happened' CODEC(ZSTD(1)),
    event_details Array(String) COMMENT 'Each of these in words' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(sent_at)
-- A unit sends one at a time, so camera and time name it.
ORDER BY (camera_id, sent_at)
TTL toDateTime(recorded_at) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1
COMMENT 'Health of the roadside units, as they reported it';

CREATE TABLE IF NOT EXISTS cameras
(
    camera_id LowCardinality(String) COMMENT 'Camera',
    site_id LowCardinality(String) COMMENT 'Site it stands at',
    site_name String COMMENT 'What the site is called; empty: nobody said' CODEC(ZSTD(1)),
    latitude Nullable(Float64) COMMENT 'Where it stands, degrees (WGS84); NULL: nobody said' CODEC(ZSTD(1)),
    longitude Nullable(Float64) COMMENT 'Where it stands, degrees (WGS84); NULL: nobody said' CODEC(ZSTD(1)),
    clock_sigma_ms Nullable(Float64) COMMENT 'Standard uncertainty (k=1) of its clock, ms; NULL: not known' CODEC(ZSTD(1)),
    policy_id LowCardinality(String) COMMENT 'Policy by which its passages are judged',
    policy_version LowCardinality(String) COMMENT 'Its version',
    calibration_id LowCardinality(String) COMMENT 'Calibration that is in use; empty: none',
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When a worker last started with it' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY camera_id
SETTINGS fsync_after_insert = 1
COMMENT 'The cameras as the workers'' site files have them; one row each';

CREATE TABLE IF NOT EXISTS calibrations
(
    calibration_id LowCardinality(String) COMMENT 'Calibration',
    camera_id LowCardinality(String) COMMENT 'Camera that it is of',
    digest FixedString(64) COMMENT 'SHA-256 of what it was made from, hexadecimal' CODEC(ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'From when on it holds' CODEC(ZSTD(1)),
    valid_until DateTime64(3, 'UTC') COMMENT 'Until when it holds' CODEC(ZSTD(1)),
    image_width UInt16 COMMENT 'Width of the picture that it is for, px',
    image_height UInt16 COMMENT 'Height of that picture, px',
    points UInt16 COMMENT 'Surveyed points',
    checks UInt16 COMMENT 'How many of them check the others: those beyond the four that any fit needs',
    residual_px Float64 COMMENT 'How far the fit misses the points (rms), px' CODEC(ZSTD(1)),
    residual_m Float64 COMMENT 'How far the fit misses the points (rms), m' CODEC(ZSTD(1)),
    noise_scale Float64 COMMENT 'By how much the stated noise had to be raised to explain the residuals; 1: not at all' CODEC(ZSTD(1)),
    position_uncertainty_m Nullable(Float64) COMMENT 'Largest uncertainty (k=2) of a place on the calibrated road, m' CODEC(ZSTD(1)),
    speed_uncertainty_percent Nullable(Float64) COMMENT 'Largest uncertainty (k=2) that it alone gives to a speed over 10 m, per cent' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When a worker last started with it' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(recorded_at)
-- One that was changed under its old name is another row: cases were measured with both.
ORDER BY (camera_id, calibration_id, digest)
SETTINGS fsync_after_insert = 1
COMMENT 'Calibrations that cameras were run with: how long they hold and how well they are known';

CREATE TABLE IF NOT EXISTS policies
(
    policy_id LowCardinality(String) COMMENT 'Policy',
    policy_version LowCardinality(String) COMMENT 'Its version',
    digest FixedString(64) COMMENT 'SHA-256 of the text, hexadecimal' CODEC(ZSTD(1)),
    jurisdiction String COMMENT 'Whose law it is' CODEC(ZSTD(1)),
    valid_from DateTime64(3, 'UTC') COMMENT 'From when on it holds' CODEC(ZSTD(1)),
    valid_until Nullable(DateTime64(3, 'UTC')) COMMENT 'From when on it no longer holds; NULL: no end' CODEC(ZSTD(1)),
    text String COMMENT 'The policy file as it was' CODEC(ZSTD(3)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When a worker last started with it' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (policy_id, policy_version, digest)
SETTINGS fsync_after_insert = 1
COMMENT 'Every policy that was applied, word for word';

CREATE TABLE IF NOT EXISTS findings
(
    finding_id String COMMENT 'Deterministic id of passage and offence (UUIDv5); of a case: its violation_id' CODEC(ZSTD(3)),
    camera_id LowCardinality(String) COMMENT 'Camera that saw it',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the vehicle came into view' CODEC(Delta, ZSTD(1)),
    offence LowCardinality(String) COMMENT 'The rule that was broken',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    became Enum8('case' = 1, 'set_aside' = 2) COMMENT 'case: an officer decides; set_aside: an exemption holds',
    reason LowCardinality(String) COMMENT 'Why it was set aside; empty for a case',
    policy_id LowCardinality(String) COMMENT 'Policy that was applied',
    policy_version LowCardinality(String) COMMENT 'Its version',
    unit LowCardinality(String) COMMENT 'Unit of the numbers: km/h, s, m, or empty',
    measured Float64 COMMENT 'What was measured, in the unit; 0 where nothing is' CODEC(ZSTD(1)),
    uncertainty Nullable(Float64) COMMENT 'Expanded uncertainty (k=2) of measured, in the unit' CODEC(ZSTD(1)),
    subtracted Float64 COMMENT 'What was taken off in the driver''s favour, in the unit' CODEC(ZSTD(1)),
    enforced Float64 COMMENT 'measured - subtracted, which is compared with allowed' CODEC(ZSTD(1)),
    allowed Float64 COMMENT 'What the policy allows, in the unit' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (camera_id, occurred_at, finding_id)
TTL toDateTime(recorded_at) + INTERVAL 2 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Every finding of the rules and what became of it: no plate, no picture, no track';

INSERT INTO findings (finding_id, camera_id, site_id, occurred_at, offence, vehicle, became, reason, policy_id, policy_version, recorded_at)
SELECT finding_id, camera_id, site_id, occurred_at, offence, vehicle, 'set_aside', reason, policy_id, policy_version, recorded_at
FROM exempted_findings FINAL;

INSERT INTO findings (finding_id, camera_id, site_id, occurred_at, offence, vehicle, became, policy_id, policy_version, unit, measured, uncertainty, subtracted, enforced, allowed, recorded_at)
SELECT violation_id, camera_id, site_id, occurred_at, offence, vehicle, 'case', policy_id, policy_version, unit, measured, measured_uncertainty, subtracted, enforced, allowed, recorded_at
FROM violations FINAL;

ALTER TABLE exempted_findings
    MODIFY COMMENT 'Findings set aside by versions before the table findings, which has them too; nothing is added any more';

CREATE TABLE IF NOT EXISTS audit
(
    sequence UInt64 COMMENT 'Place in the chain, from 1 on' CODEC(Delta, ZSTD(1)),
    at DateTime64(9, 'UTC') COMMENT 'When' CODEC(Delta, ZSTD(1)),
    who String COMMENT 'Who did it' CODEC(ZSTD(1)),
    role LowCardinality(String) COMMENT 'In which role',
    action LowCardinality(String) COMMENT 'What was done, for instance looked, decided, unsealed, exported',
    subject String COMMENT 'To what: a case id, a digest, a query' CODEC(ZSTD(1)),
    purpose LowCardinality(String) COMMENT 'What for, as the law names purposes',
    reason String COMMENT 'Why, in the person''s own words' CODEC(ZSTD(1)),
    previous FixedString(64) COMMENT 'Digest of the entry before, hexadecimal; zeros for the first' CODEC(ZSTD(1)),
    digest FixedString(64) COMMENT 'SHA-256 of all of the above, hexadecimal' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYear(at)
-- With the digest in the key a second entry for one place stays visible as the fork that it is.
ORDER BY (sequence, digest)
TTL toDateTime(recorded_at) + INTERVAL 5 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Who did what to whose data, when and why: a chain of digests, append-only';
