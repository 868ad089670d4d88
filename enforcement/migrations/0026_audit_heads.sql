-- The audit's signed heads beside its mirror, so that an end that is cut off shows without the desk's own word.

CREATE TABLE IF NOT EXISTS audit_heads
(
    sequence UInt64 COMMENT 'The last entry when it was signed' CODEC(Delta, ZSTD(1)),
    digest FixedString(64) COMMENT 'Digest of that entry, hexadecimal' CODEC(ZSTD(1)),
    signed_at DateTime64(9, 'UTC') COMMENT 'When it was signed' CODEC(Delta, ZSTD(1)),
    key_id FixedString(32) COMMENT 'Key of the centre that signed, hexadecimal' CODEC(ZSTD(1)),
    signature FixedString(128) COMMENT 'Ed25519 signature, hexadecimal' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (sequence, digest, signature)
TTL toDateTime(recorded_at) + INTERVAL 5 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'How far the audit had come, signed by the centre; append-only';

ALTER TABLE audit
    MODIFY COMMENT 'Mirror of the desk''s audit: who did what to whose data, when and why; a chain of digests, append-only';

ALTER TABLE access_log
    MODIFY COMMENT 'Who opened sealed originals in versions before the audit; nothing is added any more';
