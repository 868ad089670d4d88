-- A case is complete when every piece of evidence that it names has come and was verified. The index knows each
-- piece; what is missing now lies in a small table besides, so that the queue need not compare all pieces of all
-- cases. A piece that came damaged, or that a check found gone or changed, is a fact of its own.
ALTER TABLE evidence_index
    MODIFY COLUMN fact Enum8('stored' = 1, 'kept' = 2, 'released' = 3, 'discarded' = 4, 'awaited' = 5, 'refused' = 6, 'lost' = 7)
        COMMENT 'stored: bytes came, verified; kept: a violation names it; released: no finding; discarded: erased; awaited: the passage may yet be matched; refused: bytes came that do not have this digest; lost: a check found it gone or changed';

ALTER TABLE violations
    ADD COLUMN IF NOT EXISTS pieces Array(Tuple(kind LowCardinality(String), digest FixedString(64), sealed Bool))
        DEFAULT arrayDistinct(arrayConcat(
            JSONExtract(passage, 'evidence', 'Array(Tuple(kind String, digest String, sealed Bool))'),
            JSONExtract(finding, 'other', 'evidence', 'Array(Tuple(kind String, digest String, sealed Bool))')))
        COMMENT 'The evidence that the case needs: what its passage names, and that of the other passage of the finding' CODEC(ZSTD(1));

CREATE TABLE IF NOT EXISTS evidence_gaps
(
    case_id UUID COMMENT 'The case (violation_id)' CODEC(ZSTD(1)),
    digest FixedString(64) COMMENT 'SHA-256 of the piece that is not there, hexadecimal' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'What the piece is: frame, plate, original, statement and so on',
    opened_at DateTime64(3, 'UTC') COMMENT 'Since when it is known to be missing' CODEC(Delta, ZSTD(1)),
    sign Int8 COMMENT '1: the piece is missing; -1: it has come' CODEC(ZSTD(1))
)
-- A gap and its end cancel each other out in the merges, in whatever order they come.
ENGINE = VersionedCollapsingMergeTree(sign, opened_at)
ORDER BY (case_id, digest)
TTL toDateTime(opened_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Pieces of evidence that cases still lack: the queue''s mark of an incomplete case';

CREATE OR REPLACE VIEW v_evidence_states
(
    digest FixedString(64) COMMENT 'SHA-256 of the piece, hexadecimal',
    state String COMMENT 'here: stored and verified; awaited: it has not come; damaged: it came with other bytes; lost: a check found it gone or changed; erased: no case needs it',
    since DateTime64(9, 'UTC') COMMENT 'Since when it is in that state',
    camera_id String COMMENT 'Camera that took it',
    media_type String COMMENT 'For instance image/jpeg; empty until it came or was named',
    sealed Bool COMMENT 'Encrypted to the authority''s key',
    size_bytes UInt64 COMMENT 'Length; 0 until it came'
)
AS SELECT
    digest,
    multiIf(
        stored_at > greatest(erased_at, lost_at), 'here',
        damaged_at > greatest(erased_at, lost_at), 'damaged',
        lost_at > erased_at, 'lost',
        erased_at > named_at, 'erased',
        'awaited') AS state,
    multiIf(
        state = 'here', stored_at, state = 'damaged', damaged_at, state = 'lost', lost_at,
        state = 'erased', erased_at, named_at) AS since,
    camera AS camera_id, media AS media_type, is_sealed AS sealed, bytes AS size_bytes
FROM
(
    SELECT
        digest,
        maxIf(recorded_at, fact = 'stored') AS stored_at,
        maxIf(recorded_at, fact = 'discarded') AS erased_at,
        maxIf(recorded_at, fact = 'lost') AS lost_at,
        maxIf(recorded_at, fact = 'refused') AS damaged_at,
        minIf(recorded_at, fact IN ('kept', 'awaited')) AS named_at,
        toString(any(evidence_index.camera_id)) AS camera,
        toString(max(evidence_index.media_type)) AS media,
        max(evidence_index.sealed) AS is_sealed,
        max(evidence_index.size_bytes) AS bytes
    FROM evidence_index
    GROUP BY digest
)
COMMENT 'Every piece of evidence that is known of, and what became of it';

CREATE OR REPLACE VIEW v_evidence_gaps
(
    case_id String COMMENT 'The case (violation_id)',
    digest String COMMENT 'SHA-256 of the piece that is not there, hexadecimal',
    kind String COMMENT 'What the piece is: frame, plate, original, statement and so on',
    since DateTime64(3, 'UTC') COMMENT 'Since when it is known to be missing'
)
AS SELECT toString(gap.case_id) AS case_id, toString(gap.digest) AS digest, any(gap.kind) AS kind, min(gap.opened_at) AS since
FROM
(
    SELECT evidence_gaps.case_id AS case_id, evidence_gaps.digest AS digest, toString(any(evidence_gaps.kind)) AS kind, opened_at
    FROM evidence_gaps
    GROUP BY case_id, digest, opened_at
    HAVING sum(sign) > 0
) AS gap
GROUP BY case_id, digest
COMMENT 'Pieces of evidence that cases still lack; a case that is here is incomplete';

CREATE OR REPLACE VIEW v_evidence
(
    digest String COMMENT 'SHA-256 of the piece, hexadecimal',
    case_id String COMMENT 'The case (violation_id) that needs it',
    passage_id String COMMENT 'The passage of the case',
    camera_id String COMMENT 'Camera of the case',
    occurred_at DateTime64(9, 'UTC') COMMENT 'When the vehicle came into view',
    kind String COMMENT 'frame, plate, original, before, after, statement',
    sealed Bool COMMENT 'Encrypted to the authority''s key',
    state String COMMENT 'here, awaited, damaged, lost or erased, as in v_evidence_states',
    since Nullable(DateTime64(9, 'UTC')) COMMENT 'Since when it is in that state; NULL: nothing is known of it',
    media_type String COMMENT 'For instance image/jpeg; empty until it came',
    size_bytes UInt64 COMMENT 'Length; 0 until it came'
)
AS SELECT
    toString(needed.digest) AS digest, needed.case_id AS case_id, needed.passage_id AS passage_id,
    needed.camera_id AS camera_id, needed.occurred_at AS occurred_at, needed.kind AS kind, needed.sealed AS sealed,
    if(known.state = '', 'awaited', known.state) AS state,
    if(known.state = '', NULL, known.since) AS since,
    known.media_type AS media_type, known.size_bytes AS size_bytes
FROM
(
    SELECT
        violation_id AS case_id, violations.passage_id AS passage_id, toString(violations.camera_id) AS camera_id,
        violations.occurred_at AS occurred_at, toString(piece.kind) AS kind, piece.digest AS digest, piece.sealed AS sealed
    FROM violations FINAL
    ARRAY JOIN pieces AS piece
) AS needed
LEFT JOIN v_evidence_states AS known ON known.digest = needed.digest
SETTINGS join_use_nulls = 0
COMMENT 'Every piece of evidence of every case, and whether it is there; for one case, filter by case_id';

-- What cases lack already; a gap that is there twice is closed twice.
INSERT INTO evidence_gaps (case_id, digest, kind, opened_at, sign)
SELECT toUUID(case_id), digest, kind, toDateTime64(ifNull(since, occurred_at), 3, 'UTC'), 1
FROM v_evidence
WHERE state != 'here';
