-- At its time a case loses all that is personal: who carries this out, by which period, and what is left is kept here.
-- A case under a legal hold stays, also where the tables' own periods are over.

ALTER TABLE cases
    ADD COLUMN IF NOT EXISTS erased_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When all that is personal was erased; NULL: it was not' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time';

ALTER TABLE violations ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time';

ALTER TABLE case_events ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time';

ALTER TABLE case_candidates ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time';

ALTER TABLE evidence_index ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time';

CREATE TABLE IF NOT EXISTS case_marks
(
    case_id UUID COMMENT 'The case (violation_id)' CODEC(ZSTD(1)),
    mark LowCardinality(String) COMMENT 'held: a legal hold; released: it ended; paid, closed: the case is finished; reopened: it is not',
    at DateTime64(6, 'UTC') COMMENT 'When it was entered' CODEC(ZSTD(1)),
    who String COMMENT 'Who entered it' CODEC(ZSTD(1)),
    reason String COMMENT 'Why, in words' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (case_id, at, mark)
SETTINGS fsync_after_insert = 1
COMMENT 'What keeps cases beyond their time, and what has finished them; it goes with the case';

CREATE TABLE IF NOT EXISTS erasing_periods
(
    record LowCardinality(String) COMMENT 'rejected, lapsed or finished',
    days UInt32 COMMENT 'How long after that a case loses what is personal',
    revision DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When this was set'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY record
SETTINGS fsync_after_insert = 1
COMMENT 'Periods that this house has set for itself; where there is none, those hold that come with Roadwitness';

CREATE TABLE IF NOT EXISTS tombstones
(
    case_id UUID COMMENT 'The case that was erased' CODEC(ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera that saw it',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    offence LowCardinality(String) COMMENT 'The rule that was broken',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the vehicle came into view' CODEC(Delta, ZSTD(1)),
    status LowCardinality(String) COMMENT 'confirmed, rejected, lapsed or open, as it was then',
    rule LowCardinality(String) COMMENT 'The period that was over: rejected, lapsed, finished or old',
    days UInt32 COMMENT 'How long that period is',
    erased Array(FixedString(64)) COMMENT 'SHA-256 of the pieces of evidence that were erased with it, hexadecimal' CODEC(ZSTD(1)),
    shared Array(FixedString(64)) COMMENT 'Pieces that another case needs still; they are erased with that one' CODEC(ZSTD(1)),
    statement String COMMENT 'SHA-256 of the unit''s statement, which the next one of the camera names; empty: there was none' CODEC(ZSTD(1)),
    sequence UInt64 COMMENT 'Its number in the camera''s chain; 0: there was none',
    previous String COMMENT 'SHA-256 of the statement before it' CODEC(ZSTD(1)),
    signed_at Nullable(DateTime64(9, 'UTC')) COMMENT 'When the unit signed it' CODEC(ZSTD(1)),
    key_id String COMMENT 'The unit''s key that signed it' CODEC(ZSTD(1)),
    receipt String COMMENT 'SHA-256 of the receipt with which the centre countersigned the statement; empty: it did not' CODEC(ZSTD(1)),
    begun_at DateTime64(3, 'UTC') COMMENT 'When erasing began' CODEC(ZSTD(1)),
    finished_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When all of it was gone; NULL: not yet' CODEC(ZSTD(1)),
    revision UInt64 COMMENT '0: begun; 1: finished'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY case_id
SETTINGS fsync_after_insert = 1
COMMENT 'What is left of erased cases: that there was one, what was erased, by which rule, and its place in the camera''s chain';
