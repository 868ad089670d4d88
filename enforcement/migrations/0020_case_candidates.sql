-- Which registered vehicles a case's plate may be. One row a case, so that a batch which comes again, after another
-- import perhaps, replaces the candidates as a whole.
CREATE TABLE IF NOT EXISTS case_candidates
(
    case_id UUID COMMENT 'The case (violation_id)' CODEC(ZSTD(1)),
    match LowCardinality(String) COMMENT 'certain, ambiguous, none or foreign',
    none Float64 COMMENT 'Probability that it is none of the candidates, foreign vehicles included' CODEC(ZSTD(1)),
    foreign Float64 COMMENT 'Probability that it is a vehicle of a country whose register this is not' CODEC(ZSTD(1)),
    plates Array(String) COMMENT 'Plates of the candidates, normalised, likeliest first' CODEC(ZSTD(1)),
    posteriors Array(Float64) COMMENT 'Probability of each candidate' CODEC(ZSTD(1)),
    keepers Array(String) COMMENT 'Register entry of each candidate as it was then (JSON)' CODEC(ZSTD(3)),
    whys Array(String) COMMENT 'What speaks for each and against it, as a sentence' CODEC(ZSTD(1)),
    why String COMMENT 'Why the match is what it is, as a sentence' CODEC(ZSTD(1)),
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was stored' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY case_id
TTL toDateTime(recorded_at) + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1, index_granularity = 1024
COMMENT 'Registered vehicles that the plate of a case may be, with the probability of each and of none of them';

-- Workers hold the plates of the register in memory, and look here whether they are still those.
CREATE TABLE IF NOT EXISTS register_imports
(
    import_id UUID COMMENT 'Id of the import',
    at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When the register was replaced' CODEC(Delta, ZSTD(1)),
    source String COMMENT 'Name of the file' CODEC(ZSTD(1)),
    plates UInt64 COMMENT 'Plates in the register after it' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (at, import_id)
SETTINGS fsync_after_insert = 1
COMMENT 'Imports of the register: when, from which file, how many plates; no plate and no keeper';

CREATE TABLE IF NOT EXISTS register_lookups
(
    lookup_id UUID COMMENT 'Id of the look-up',
    at DateTime64(6, 'UTC') COMMENT 'When it was asked' CODEC(Delta, ZSTD(1)),
    register LowCardinality(String) COMMENT 'Host of the register service',
    cases Array(String) COMMENT 'Cases for which it was asked' CODEC(ZSTD(1)),
    asked UInt32 COMMENT 'How many plates were asked about',
    found UInt32 COMMENT 'How many of them the register knows',
    outcome LowCardinality(String) COMMENT 'answered, or what went wrong',
    attempts UInt8 COMMENT 'How often it was tried',
    took_ms UInt32 COMMENT 'How long it took altogether, ms'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (at, lookup_id)
TTL toDateTime(at) + INTERVAL 5 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Each question to a register service: when, for which cases, with what outcome; no plate and no keeper';
