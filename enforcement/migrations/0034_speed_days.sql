-- How fast vehicles drove, by the day: a month of hours holds some twenty bins for every hour, camera and kind, which
-- is too much to add up while somebody waits. Days are made of the hours as hours are of passages: a marked day is
-- counted from its hours until it has been rewritten.

CREATE TABLE IF NOT EXISTS speed_days_touched
(
    day Date COMMENT 'The day of which an hour was rewritten' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera',
    touched_at SimpleAggregateFunction(max, DateTime('UTC')) COMMENT 'When the last of them was' CODEC(ZSTD(1)),
    token UInt64 COMMENT 'Sum (modulo 2^64) of the hashes of these hours, less what has been rewritten; 0: nothing waits' CODEC(ZSTD(1))
)
ENGINE = SummingMergeTree(token)
ORDER BY (day, camera_id)
SETTINGS fsync_after_insert = 1, min_age_to_force_merge_seconds = 300
COMMENT 'Days of cameras whose figures in speed_days have to be rewritten';

CREATE TABLE IF NOT EXISTS speed_days
(
    day Date COMMENT 'Day, UTC' CODEC(Delta, ZSTD(1)),
    camera_id LowCardinality(String) COMMENT 'Camera',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    passages UInt32 COMMENT 'Vehicles that passed' CODEC(ZSTD(1)),
    measured UInt32 COMMENT 'Those with a valid speed' CODEC(ZSTD(1)),
    speeds Map(UInt16, UInt32) COMMENT 'How many drove from so many km/h to one more' CODEC(ZSTD(3)),
    of_token UInt64 COMMENT 'Sum of tokens that these figures were made at' CODEC(ZSTD(1)),
    rewritten_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When they were' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(rewritten_at)
PARTITION BY toYear(day)
ORDER BY (day, camera_id, vehicle)
TTL day + INTERVAL 10 YEAR
SETTINGS fsync_after_insert = 1, min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1
COMMENT 'Speeds by day, camera and vehicle; read them through v_speed_bins_daily, which adds the days that wait';

CREATE MATERIALIZED VIEW IF NOT EXISTS speed_days_touching TO speed_days_touched
AS SELECT
    toDate(hour) AS day,
    camera_id,
    now('UTC') AS touched_at,
    sum(cityHash64(hour, vehicle, rewritten_at)) AS token
FROM passage_hours
GROUP BY day, camera_id
COMMENT 'Marks the days of rewritten hours';

-- Hours from before; running this twice only makes days wait that need not.
INSERT INTO speed_days_touched
SELECT
    toDate(hour) AS day,
    camera_id,
    now('UTC') AS touched_at,
    sum(cityHash64(hour, vehicle, rewritten_at)) AS token
FROM passage_hours
GROUP BY day, camera_id;

CREATE OR REPLACE VIEW speed_days_stale
(
    day Date COMMENT 'Day, UTC',
    camera_id LowCardinality(String) COMMENT 'Camera'
)
AS SELECT day, camera_id FROM speed_days_touched GROUP BY day, camera_id HAVING sum(token) != 0
UNION DISTINCT
SELECT toDate(hour) AS day, camera_id FROM
    (SELECT hour, camera_id FROM passage_hours_touched GROUP BY hour, camera_id HAVING sum(token) != 0)
COMMENT 'Days that have to be counted from their hours, since one of these was or will be rewritten';

CREATE OR REPLACE VIEW speed_days_waiting
(
    day Date COMMENT 'Day, UTC',
    camera_id LowCardinality(String) COMMENT 'Camera',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    passages UInt32 COMMENT 'Vehicles that passed',
    measured UInt32 COMMENT 'Those with a valid speed',
    speeds Map(UInt16, UInt32) COMMENT 'How many drove from so many km/h to one more'
)
AS SELECT
    toDate(hour) AS day,
    camera_id,
    vehicle,
    any(hours.site_id) AS site_id,
    toUInt32(sum(hours.passages)) AS passages,
    toUInt32(sum(hours.measured)) AS measured,
    CAST(sumMap(hours.speeds), 'Map(UInt16, UInt32)') AS speeds
FROM passage_hours_now AS hours
WHERE (toDate(hour), camera_id) IN (SELECT day, camera_id FROM speed_days_stale)
GROUP BY day, camera_id, vehicle
COMMENT 'Days that wait to be rewritten, counted from their hours';

CREATE OR REPLACE VIEW v_speed_bins_daily
(
    day Date COMMENT 'Day, UTC',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    bin_kmh UInt16 COMMENT 'The bin goes from this speed to 1 km/h more',
    passages UInt32 COMMENT 'Vehicles with a speed in it'
)
AS SELECT
    day, toString(now.camera_id) AS camera_id, toString(now.site_id) AS site_id, toString(now.vehicle) AS vehicle,
    bin.1 AS bin_kmh, bin.2 AS passages
FROM
(
    SELECT day, camera_id, site_id, vehicle, speeds FROM speed_days FINAL
    WHERE (day, camera_id) NOT IN (SELECT day, camera_id FROM speed_days_stale)
    SETTINGS do_not_merge_across_partitions_select_final = 1
    UNION ALL
    SELECT day, camera_id, site_id, vehicle, speeds FROM speed_days_waiting
) AS now
ARRAY JOIN CAST(speeds, 'Array(Tuple(UInt16, UInt32))') AS bin
COMMENT 'How many drove how fast, by day, camera and vehicle: v_speed_bins_hourly for long times';
