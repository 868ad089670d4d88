-- Until when a case has to be decided stands with the case: the queue sorts by it, and one that nobody decided in
-- time lapses. Whom the rules do not concern is kept as data of its own, with validity and author.

ALTER TABLE violations
    ADD COLUMN IF NOT EXISTS due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when the case has to be decided by law; NULL: no deadline' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS due_soon_at Nullable(DateTime64(3, 'UTC')) COMMENT 'From when on it is due soon; NULL: no deadline' CODEC(ZSTD(1));

ALTER TABLE cases
    ADD COLUMN IF NOT EXISTS due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when the case has to be decided by law; NULL: no deadline' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS due_soon_at Nullable(DateTime64(3, 'UTC')) COMMENT 'From when on it is due soon; NULL: no deadline' CODEC(ZSTD(1));

ALTER TABLE cases
    MODIFY COLUMN status Enum8('open' = 0, 'confirmed' = 1, 'rejected' = 2, 'lapsed' = 3)
        COMMENT 'What the first decision says; open: there is none; lapsed: there was none in time';

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
    0 AS precedence, due_at, due_soon_at
FROM violations;

CREATE TABLE IF NOT EXISTS exemptions
(
    exemption_id UUID COMMENT 'Deterministic id of kind, plates, offences, cameras and validity (UUIDv5)',
    kind LowCardinality(String) COMMENT 'emergency: a vehicle on duty; permit; grace: a period of grace',
    plates Array(String) COMMENT 'Plates, normalised: upper case, letters and digits' CODEC(ZSTD(1)),
    offences Array(LowCardinality(String)) COMMENT 'Rules that do not concern them; empty: every rule',
    cameras Array(LowCardinality(String)) COMMENT 'Cameras at which that is so; empty: every camera',
    valid_from DateTime64(3, 'UTC') COMMENT 'From which time of an offence on' CODEC(ZSTD(1)),
    valid_until DateTime64(3, 'UTC') COMMENT 'Until which time, that moment excluded; 2099-12-31: no end was set' CODEC(ZSTD(1)),
    reason String COMMENT 'Why, in words' CODEC(ZSTD(1)),
    author String COMMENT 'Who added it' CODEC(ZSTD(1)),
    added_at DateTime64(3, 'UTC') COMMENT 'When it was added' CODEC(ZSTD(1)),
    ended_by String COMMENT 'Who ended it before its time; empty: nobody' CODEC(ZSTD(1)),
    ended_because String COMMENT 'Why it was ended' CODEC(ZSTD(1)),
    revision UInt64 COMMENT '0 as added; that of an end is greater' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY exemption_id
TTL toDateTime(valid_until) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Whom rules do not concern, from when until when, who said so and why: holds plates';

ALTER TABLE findings
    ADD COLUMN IF NOT EXISTS exemption LowCardinality(String) DEFAULT if(became = 'set_aside', 'policy', '')
        COMMENT 'Kind of the exemption that set it aside: policy, emergency, permit, grace; empty for a case';

CREATE OR REPLACE VIEW v_suppressed
(
    day Date COMMENT 'Day, UTC',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    offence String COMMENT 'The rule that was broken',
    exemption String COMMENT 'Kind of the exemption: policy, emergency, permit, grace',
    reason String COMMENT 'The reason that the policy gives; of other kinds what they are',
    findings UInt64 COMMENT 'Findings that were set aside'
)
AS SELECT
    toDate(occurred_at) AS day, toString(findings.camera_id) AS camera_id, toString(findings.site_id) AS site_id,
    toString(findings.offence) AS offence, toString(findings.exemption) AS exemption,
    toString(findings.reason) AS reason, count() AS findings
FROM findings FINAL
WHERE became = 'set_aside'
GROUP BY day, camera_id, site_id, offence, exemption, reason
-- All rows of a finding lie in one month.
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Findings that an exemption set aside, by day, camera, offence and kind of exemption: no plate';
