-- A unit's statement is countersigned when it arrives: what came, and when the centre had it. Nobody is in a
-- receipt, only digests and numbers, so it outlives the case and shows which statements of a camera there were.
CREATE TABLE IF NOT EXISTS receipts
(
    camera_id LowCardinality(String) COMMENT 'Camera whose unit signed the statement' CODEC(ZSTD(1)),
    sequence UInt64 COMMENT 'Number of the statement in its camera''s chain' CODEC(Delta, ZSTD(1)),
    statement FixedString(64) COMMENT 'SHA-256 of the statement, hexadecimal' CODEC(ZSTD(1)),
    previous FixedString(64) COMMENT 'SHA-256 of the statement before it' CODEC(ZSTD(1)),
    received_at DateTime64(9, 'UTC') COMMENT 'When the centre had it, as countersigned' CODEC(Delta, ZSTD(1)),
    content String COMMENT 'The receipt and the centre''s signature (JSON), the very bytes' CODEC(ZSTD(3)),
    time_stamp String COMMENT 'RFC 3161 time-stamp of the content, base64; empty while there is none' CODEC(ZSTD(3)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
-- A statement that is delivered again is received again: the earliest receipt counts.
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (camera_id, sequence, statement, received_at)
TTL toDateTime(recorded_at) + INTERVAL 5 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Countersigned receipts of the units'' statements';
