-- Figures by the hour that stay exact however often a batch comes again.
--
-- Passages are many, so their hours are plain sums, rewritten as a whole: passage_hours_touched says which
-- hours have got rows since (each row adds a number of its own, rewriting takes the same sum off again, and the
-- engine drops what has come to zero). An hour that waits is counted from the passages themselves. Everything
-- else is kept in states for which a second delivery changes nothing: sets of ids, extremes, bits.

CREATE TABLE IF NOT EXISTS passage_hours_touched
(
    hour DateTime('UTC') COMMENT 'The hour that got rows' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera',
    touched_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'When it last got some' CODEC(ZSTD(1)),
    token UInt64 COMMENT 'Sum (modulo 2^64) of the hashes of these rows, less what has been rewritten; 0: nothing waits' CODEC(ZSTD(1))
)
ENGINE = SummingMergeTree(token)
ORDER BY (hour, camera_id)
SETTINGS fsync_after_insert = 1
COMMENT 'Hours of cameras whose figures in passage_hours have to be rewritten';

CREATE TABLE IF NOT EXISTS passage_hours
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    passages UInt32 COMMENT 'Vehicles that passed' CODEC(ZSTD(1)),
    measured UInt32 COMMENT 'Those with a valid speed' CODEC(ZSTD(1)),
    speed_sum_kmh Float64 COMMENT 'Sum of their speeds, km/h' CODEC(ZSTD(1)),
    speed_max_kmh Float32 COMMENT 'Highest of their speeds, km/h; 0: none' CODEC(ZSTD(1)),
    speeds Map(UInt16, UInt32) COMMENT 'How many drove from so many km/h to one more' CODEC(ZSTD(3)),
    voids Map(LowCardinality(String), UInt32) COMMENT 'How many have no speed, by the reason' CODEC(ZSTD(1)),
    residual_sum_m Float64 COMMENT 'Sum of residual_m, m' CODEC(ZSTD(1)),
    residuals UInt32 COMMENT 'Passages that have one' CODEC(ZSTD(1)),
    of_token UInt64 COMMENT 'Sum of tokens that these figures were made at' CODEC(ZSTD(1)),
    rewritten_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When they were' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(rewritten_at)
PARTITION BY toYYYYMM(hour)
-- Questions ask for a stretch of time, mostly over all cameras.
ORDER BY (hour, camera_id, vehicle)
TTL hour + INTERVAL 10 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Passages and speeds by hour, camera and vehicle; read them through the views, which add the hours that wait';

CREATE MATERIALIZED VIEW IF NOT EXISTS passage_hours_touching TO passage_hours_touched
AS SELECT
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    now('UTC') AS touched_at,
    sum(cityHash64(passage_id, recorded_at)) AS token
FROM passages
GROUP BY hour, camera_id
COMMENT 'Marks the hours of new passages';

-- Rows from before; running this twice only makes hours wait that need not.
INSERT INTO passage_hours_touched
SELECT
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    now('UTC') AS touched_at,
    sum(cityHash64(passage_id, recorded_at)) AS token
FROM passages
GROUP BY hour, camera_id;

CREATE TABLE IF NOT EXISTS finding_hours
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera',
    offence LowCardinality(String) COMMENT 'The rule that was broken',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id SimpleAggregateFunction(any, LowCardinality(String)) COMMENT 'Site of the camera',
    cases AggregateFunction(uniqExactIf, UInt64, UInt8) COMMENT 'Findings that became cases, as hashes of their ids',
    set_aside AggregateFunction(uniqExactIf, UInt64, UInt8) COMMENT 'Findings that an exemption set aside, likewise'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (hour, camera_id, offence, vehicle)
TTL hour + INTERVAL 10 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Findings by hour, camera, offence and vehicle; read it through v_offences_hourly';

CREATE MATERIALIZED VIEW IF NOT EXISTS finding_hours_filling TO finding_hours
AS SELECT
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    offence,
    vehicle,
    any(findings.site_id) AS site_id,
    uniqExactIfState(cityHash64(finding_id), became = 'case') AS cases,
    uniqExactIfState(cityHash64(finding_id), became = 'set_aside') AS set_aside
FROM findings
GROUP BY hour, camera_id, offence, vehicle
COMMENT 'Fills finding_hours';

INSERT INTO finding_hours
SELECT
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    offence,
    vehicle,
    any(findings.site_id) AS site_id,
    uniqExactIfState(cityHash64(finding_id), became = 'case') AS cases,
    uniqExactIfState(cityHash64(finding_id), became = 'set_aside') AS set_aside
FROM findings
GROUP BY hour, camera_id, offence, vehicle;

CREATE TABLE IF NOT EXISTS reader_hours
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera',
    site_id SimpleAggregateFunction(any, LowCardinality(String)) COMMENT 'Site of the camera',
    confidences SimpleAggregateFunction(maxMap, Map(UInt64, Float32)) COMMENT 'Confidence in the plate by hash of the violation''s id; -1: unreadable'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (hour, camera_id)
TTL hour + INTERVAL 10 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'How surely the plates of violations were read, by hour and camera; read it through v_reader_hourly';

CREATE MATERIALIZED VIEW IF NOT EXISTS reader_hours_filling TO reader_hours
AS SELECT
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    any(violations.site_id) AS site_id,
    maxMap(map(cityHash64(violation_id), if(plate IS NULL, -1, toFloat32(plate_confidence)))) AS confidences
FROM violations
GROUP BY hour, camera_id
COMMENT 'Fills reader_hours';

INSERT INTO reader_hours
SELECT
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    any(violations.site_id) AS site_id,
    maxMap(map(cityHash64(violation_id), if(plate IS NULL, -1, toFloat32(plate_confidence)))) AS confidences
FROM violations
GROUP BY hour, camera_id;

CREATE TABLE IF NOT EXISTS case_times
(
    case_hash UInt64 COMMENT 'Hash of the case''s id' CODEC(ZSTD(1)),
    opened_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'When the case was first in the store' CODEC(ZSTD(1)),
    first_decision AggregateFunction(argMin, Tuple(officer String, outcome String, at DateTime64(9, 'UTC')), UInt64) COMMENT 'The decision that came first in the log, which counts',
    recorded_at SimpleAggregateFunction(max, DateTime('UTC')) DEFAULT now() COMMENT 'When the last of it was stored' CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY case_hash
TTL recorded_at + INTERVAL 3 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'When each case was opened, and who decided it first; read it through v_reviewers_daily';

CREATE MATERIALIZED VIEW IF NOT EXISTS case_times_filling TO case_times
AS SELECT
    cityHash64(case_id) AS case_hash,
    minIf(CAST(case_events.recorded_at, 'Nullable(DateTime64(3, \'UTC\'))'), kind = 'opened') AS opened_at,
    argMinState(
        CAST((officer, toString(kind), at), 'Tuple(officer String, outcome String, at DateTime64(9, \'UTC\'))'),
        if(kind = 'opened', 18446744073709551615, sequence)
    ) AS first_decision,
    toDateTime(max(case_events.recorded_at)) AS recorded_at
FROM case_events
GROUP BY case_hash
COMMENT 'Fills case_times';

INSERT INTO case_times
SELECT
    cityHash64(case_id) AS case_hash,
    minIf(CAST(case_events.recorded_at, 'Nullable(DateTime64(3, \'UTC\'))'), kind = 'opened') AS opened_at,
    argMinState(
        CAST((officer, toString(kind), at), 'Tuple(officer String, outcome String, at DateTime64(9, \'UTC\'))'),
        if(kind = 'opened', 18446744073709551615, sequence)
    ) AS first_decision,
    toDateTime(max(case_events.recorded_at)) AS recorded_at
FROM case_events
GROUP BY case_hash;

CREATE TABLE IF NOT EXISTS heartbeat_hours
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera',
    site_id SimpleAggregateFunction(any, LowCardinality(String)) COMMENT 'Site of the camera',
    beats AggregateFunction(uniqExact, UInt32) COMMENT 'Heartbeats, as milliseconds of the hour',
    minutes SimpleAggregateFunction(groupBitOr, UInt64) COMMENT 'A bit for each minute in which one was sent' CODEC(ZSTD(1)),
    slowest_fps SimpleAggregateFunction(min, Float32) COMMENT 'Lowest rate of frames a second' CODEC(ZSTD(1)),
    fastest_fps SimpleAggregateFunction(max, Float32) COMMENT 'Highest rate of frames a second' CODEC(ZSTD(1)),
    dropped_least SimpleAggregateFunction(min, UInt64) COMMENT 'Dropped frames as first counted' CODEC(ZSTD(1)),
    dropped_most SimpleAggregateFunction(max, UInt64) COMMENT 'Dropped frames as last counted' CODEC(ZSTD(1)),
    offset_least_ms SimpleAggregateFunction(min, Nullable(Float64)) COMMENT 'Least clock offset, ms' CODEC(ZSTD(1)),
    offset_most_ms SimpleAggregateFunction(max, Nullable(Float64)) COMMENT 'Greatest clock offset, ms' CODEC(ZSTD(1)),
    drift_least_ppm SimpleAggregateFunction(min, Nullable(Float64)) COMMENT 'Least clock drift, ppm' CODEC(ZSTD(1)),
    drift_most_ppm SimpleAggregateFunction(max, Nullable(Float64)) COMMENT 'Greatest clock drift, ppm' CODEC(ZSTD(1)),
    spool_records SimpleAggregateFunction(max, UInt64) COMMENT 'Most records that waited on the unit''s disk' CODEC(ZSTD(1)),
    spool_age_s SimpleAggregateFunction(max, Float32) COMMENT 'Longest that one had waited, s' CODEC(ZSTD(1)),
    given_up_records SimpleAggregateFunction(max, UInt64) COMMENT 'Statistics that found no room there, as last counted' CODEC(ZSTD(1)),
    event_kinds SimpleAggregateFunction(groupUniqArrayArray, Array(String)) COMMENT 'Kinds of events that were reported'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (hour, camera_id)
TTL hour + INTERVAL 5 YEAR
SETTINGS fsync_after_insert = 1
COMMENT 'Health of the units by hour and camera; read it through v_camera_health_hourly';

CREATE MATERIALIZED VIEW IF NOT EXISTS heartbeat_hours_filling TO heartbeat_hours
AS SELECT
    toStartOfHour(sent_at) AS hour,
    camera_id,
    any(heartbeats.site_id) AS site_id,
    uniqExactState(toUInt32(toUnixTimestamp64Milli(sent_at) % 3600000)) AS beats,
    groupBitOr(bitShiftLeft(toUInt64(1), toMinute(sent_at))) AS minutes,
    min(frames_per_second) AS slowest_fps,
    max(frames_per_second) AS fastest_fps,
    min(dropped_frames) AS dropped_least,
    max(dropped_frames) AS dropped_most,
    min(clock_offset_ms) AS offset_least_ms,
    max(clock_offset_ms) AS offset_most_ms,
    min(clock_drift_ppm) AS drift_least_ppm,
    max(clock_drift_ppm) AS drift_most_ppm,
    max(heartbeats.spool_records) AS spool_records,
    max(heartbeats.spool_age_s) AS spool_age_s,
    max(heartbeats.given_up_records) AS given_up_records,
    groupUniqArrayArray(heartbeats.event_kinds) AS event_kinds
FROM heartbeats
GROUP BY hour, camera_id
COMMENT 'Fills heartbeat_hours';

CREATE TABLE IF NOT EXISTS newest_heartbeats
(
    camera_id LowCardinality(String) COMMENT 'Camera of the unit',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    sent_at DateTime64(3, 'UTC') COMMENT 'When the unit sent it' CODEC(ZSTD(1)),
    frames UInt64 COMMENT 'Frames analysed since the unit started' CODEC(ZSTD(1)),
    frames_per_second Float32 COMMENT 'Mean since the unit started' CODEC(ZSTD(1)),
    dropped_frames UInt64 COMMENT 'Frames that never came, since the unit started' CODEC(ZSTD(1)),
    passages UInt64 COMMENT 'Passages published since the unit started' CODEC(ZSTD(1)),
    finished Bool COMMENT 'Whether its source ended',
    clock_offset_ms Nullable(Float64) COMMENT 'Clock offset, ms; NULL: no wall clock' CODEC(ZSTD(1)),
    clock_drift_ppm Nullable(Float64) COMMENT 'Clock drift, ppm; NULL: not known' CODEC(ZSTD(1)),
    spool_records UInt64 COMMENT 'Records on the unit''s disk that wait to be sent' CODEC(ZSTD(1)),
    spool_age_s Float32 COMMENT 'For how long the oldest of them has waited, s' CODEC(ZSTD(1)),
    given_up_records UInt64 COMMENT 'Statistics that found no room there' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(sent_at)
ORDER BY camera_id
SETTINGS fsync_after_insert = 1
COMMENT 'The newest heartbeat of each camera; read it through v_camera_health';

CREATE MATERIALIZED VIEW IF NOT EXISTS newest_heartbeats_filling TO newest_heartbeats
AS SELECT
    camera_id, site_id, sent_at, frames, frames_per_second, dropped_frames, passages, finished,
    clock_offset_ms, clock_drift_ppm, spool_records, spool_age_s, given_up_records
FROM heartbeats
COMMENT 'Fills newest_heartbeats';
