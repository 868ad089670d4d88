-- Whether a camera drifts is asked over weeks: what its tracks were off by stands with the days too, so that no hour has
-- to be read for it.
ALTER TABLE speed_days
    ADD COLUMN IF NOT EXISTS residual_sum_m Float64 COMMENT 'Sum of residual_m, m' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS residuals UInt32 COMMENT 'Passages that have one' CODEC(ZSTD(1));

CREATE OR REPLACE VIEW speed_days_waiting
(
    day Date COMMENT 'Day, UTC',
    camera_id LowCardinality(String) COMMENT 'Camera',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    passages UInt32 COMMENT 'Vehicles that passed',
    measured UInt32 COMMENT 'Those with a valid speed',
    speeds Map(UInt16, UInt32) COMMENT 'How many drove from so many km/h to one more',
    residual_sum_m Float64 COMMENT 'Sum of residual_m, m',
    residuals UInt32 COMMENT 'Passages that have one'
)
AS SELECT
    toDate(hour) AS day,
    camera_id,
    vehicle,
    any(hours.site_id) AS site_id,
    toUInt32(sum(hours.passages)) AS passages,
    toUInt32(sum(hours.measured)) AS measured,
    CAST(sumMap(hours.speeds), 'Map(UInt16, UInt32)') AS speeds,
    sum(hours.residual_sum_m) AS residual_sum_m,
    toUInt32(sum(hours.residuals)) AS residuals
FROM passage_hours_now AS hours
WHERE (toDate(hour), camera_id) IN (SELECT day, camera_id FROM speed_days_stale)
GROUP BY day, camera_id, vehicle
COMMENT 'Days that wait to be rewritten, counted from their hours';

-- Days from before are rewritten once more, and counted from their hours until then; running this twice only makes
-- days wait that need not.
INSERT INTO speed_days_touched
SELECT
    toDate(hour) AS day,
    camera_id,
    now('UTC') AS touched_at,
    sum(cityHash64(hour, vehicle, rewritten_at, 'residuals')) AS token
FROM passage_hours
GROUP BY day, camera_id;

CREATE OR REPLACE VIEW speed_days_now
(
    day Date COMMENT 'Day, UTC',
    camera_id LowCardinality(String) COMMENT 'Camera',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    passages UInt32 COMMENT 'Vehicles that passed',
    measured UInt32 COMMENT 'Those with a valid speed',
    speeds Map(UInt16, UInt32) COMMENT 'How many drove from so many km/h to one more',
    residual_sum_m Float64 COMMENT 'Sum of residual_m, m',
    residuals UInt32 COMMENT 'Passages that have one'
)
AS SELECT day, camera_id, vehicle, site_id, passages, measured, speeds, residual_sum_m, residuals
FROM speed_days FINAL
WHERE (day, camera_id) NOT IN (SELECT day, camera_id FROM speed_days_stale)
SETTINGS do_not_merge_across_partitions_select_final = 1
UNION ALL
SELECT day, camera_id, vehicle, site_id, passages, measured, speeds, residual_sum_m, residuals
FROM speed_days_waiting
COMMENT 'Speeds by day, camera and vehicle: what was rewritten, and what waits to be';

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
FROM speed_days_now AS now
ARRAY JOIN CAST(speeds, 'Array(Tuple(UInt16, UInt32))') AS bin
COMMENT 'How many drove how fast, by day, camera and vehicle: v_speed_bins_hourly for long times';

CREATE OR REPLACE VIEW v_camera_drift
(
    day Date COMMENT 'Day, UTC',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    passages UInt64 COMMENT 'Vehicles that passed',
    void_share Nullable(Float64) COMMENT 'Part of them without a valid speed, 0 to 1',
    usual_void_share Nullable(Float64) COMMENT 'The same over the four weeks before',
    residual_m Nullable(Float64) COMMENT 'Mean distance of the tracks from the fitted ways, m',
    usual_residual_m Nullable(Float64) COMMENT 'The same over the four weeks before',
    reader_confidence Nullable(Float64) COMMENT 'Mean confidence in the plates of violations, 0 to 1',
    usual_reader_confidence Nullable(Float64) COMMENT 'The same over the four weeks before',
    clock_offset_ms Nullable(Float64) COMMENT 'Clock offset that was furthest from 0, ms',
    clock_drift_ppm Nullable(Float64) COMMENT 'Clock drift that was furthest from 0, ppm',
    camera_moved Bool COMMENT 'Whether the unit said that its camera moved',
    signs Array(String) COMMENT 'What stands out: voids, residual, reader, clock, moved; empty: nothing'
)
AS SELECT
    day,
    camera_id,
    site_id,
    passages,
    if(passages = 0, NULL, voids / passages) AS void_share,
    sum(voids) OVER past / nullIf(sum(passages) OVER past, 0) AS usual_void_share,
    if(residuals = 0, NULL, residual_sum_m / residuals) AS residual_m,
    sum(residual_sum_m) OVER past / nullIf(sum(residuals) OVER past, 0) AS usual_residual_m,
    if(reads = 0, NULL, confidence_sum / reads) AS reader_confidence,
    sum(confidence_sum) OVER past / nullIf(sum(reads) OVER past, 0) AS usual_reader_confidence,
    clock_offset_ms,
    clock_drift_ppm,
    camera_moved,
    arrayFilter(sign -> sign != '', [
        if(ifNull(void_share > usual_void_share + 0.1, false), 'voids', ''),
        if(ifNull(residual_m > 1.5 * usual_residual_m, false), 'residual', ''),
        if(ifNull(reader_confidence < usual_reader_confidence - 0.1, false), 'reader', ''),
        if(ifNull(abs(clock_offset_ms) > 100 OR abs(clock_drift_ppm) > 100, false), 'clock', ''),
        if(camera_moved, 'moved', '')
    ]) AS signs
FROM
(
    SELECT
        day, toString(source.camera_id) AS camera_id, toString(any(of_site)) AS site_id,
        sum(n) AS passages, sum(void) AS voids, sum(residual) AS residual_sum_m, sum(fitted) AS residuals,
        sum(confidence) AS confidence_sum, sum(legible) AS reads,
        if(abs(max(offset_most)) >= abs(min(offset_least)), max(offset_most), min(offset_least)) AS clock_offset_ms,
        if(abs(max(drift_most)) >= abs(min(drift_least)), max(drift_most), min(drift_least)) AS clock_drift_ppm,
        max(moved) AS camera_moved
    FROM
    (
        -- Each source is added up by day before they are joined, and the names stay codes until the end.
        SELECT
            day, now.camera_id AS camera_id, any(now.site_id) AS of_site,
            sum(now.passages) AS n, n - sum(now.measured) AS void,
            sum(now.residual_sum_m) AS residual, sum(now.residuals) AS fitted,
            0 AS confidence, 0 AS legible,
            NULL AS offset_most, NULL AS offset_least, NULL AS drift_most, NULL AS drift_least, false AS moved
        FROM speed_days_now AS now
        GROUP BY day, camera_id
        UNION ALL
        SELECT
            toDate(hour) AS day, read.camera_id AS camera_id, any(read.site_id), 0, 0, 0, 0,
            sum(arraySum(value -> greatest(value, 0), mapValues(read.confidences))),
            sum(arrayCount(value -> value >= 0, mapValues(read.confidences))), NULL, NULL, NULL, NULL, false
        FROM reader_hours AS read FINAL
        GROUP BY day, camera_id
        SETTINGS do_not_merge_across_partitions_select_final = 1
        UNION ALL
        SELECT
            toDate(hour) AS day, beat.camera_id AS camera_id, any(beat.site_id), 0, 0, 0, 0, 0, 0,
            max(beat.offset_most_ms), min(beat.offset_least_ms),
            max(beat.drift_most_ppm), min(beat.drift_least_ppm),
            max(has(beat.event_kinds, 'camera-moved'))
        FROM heartbeat_hours AS beat
        GROUP BY day, camera_id
    ) AS source
    GROUP BY day, camera_id
)
WINDOW past AS (PARTITION BY camera_id ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
COMMENT 'Which cameras drift: each day of a camera beside its own four weeks before';
