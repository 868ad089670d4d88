-- A decision that the worker cannot accept goes to the dead letters, which officers do not read. Who sent it has to
-- be told, so what was wrong with it stands here too, until the case is erased.
CREATE TABLE IF NOT EXISTS refused_decisions
(
    case_id String COMMENT 'The case (violation_id) that the decision names' CODEC(ZSTD(3)),
    decision_id String COMMENT 'Id of the decision message' CODEC(ZSTD(1)),
    reason String COMMENT 'Why it was refused, a sentence' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (case_id, decision_id)
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1, index_granularity = 1024
COMMENT 'Decisions that were not accepted, and why; an answer that only came too late is an event of its case instead';
