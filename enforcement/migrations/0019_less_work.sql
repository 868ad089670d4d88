-- The same figures with less work: a month of the hour tables is one part after a while, which FINAL reads without
-- comparing rows, and what a day is made of is added up before it is put beside other sources.
CREATE OR REPLACE VIEW passage_hours_now
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour',
    camera_id LowCardinality(String) COMMENT 'Camera',
    vehicle LowCardinality(String) COMMENT 'car, motorcycle, bus, truck, bicycle',
    site_id LowCardinality(String) COMMENT 'Site of the camera',
    passages UInt32 COMMENT 'Vehicles that passed',
    measured UInt32 COMMENT 'Those with a valid speed',
    speed_sum_kmh Float64 COMMENT 'Sum of their speeds, km/h',
    speed_max_kmh Float32 COMMENT 'Highest of their speeds, km/h; 0: none',
    speeds Map(UInt16, UInt32) COMMENT 'How many drove from so many km/h to one more',
    voids Map(LowCardinality(String), UInt32) COMMENT 'How many have no speed, by the reason',
    residual_sum_m Float64 COMMENT 'Sum of residual_m, m',
    residuals UInt32 COMMENT 'Passages that have one'
)
AS SELECT
    hour, camera_id, vehicle, site_id, passages, measured, speed_sum_kmh, speed_max_kmh, speeds, voids,
    residual_sum_m, residuals
FROM passage_hours FINAL
WHERE (hour, camera_id) NOT IN
    (SELECT hour, camera_id FROM passage_hours_touched GROUP BY hour, camera_id HAVING sum(token) != 0)
SETTINGS do_not_merge_across_partitions_select_final = 1
UNION ALL
SELECT
    hour, camera_id, vehicle, site_id, passages, measured, speed_sum_kmh, speed_max_kmh, speeds, voids,
    residual_sum_m, residuals
FROM passage_hours_waiting
COMMENT 'Passages and speeds by hour, camera and vehicle: what was rewritten, and what waits to be';

CREATE OR REPLACE VIEW v_reader_hourly
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    violations UInt64 COMMENT 'Violations, whose plates are read',
    unreadable UInt64 COMMENT 'Those whose plate could not be read',
    mean_confidence Nullable(Float64) COMMENT 'Mean confidence of the others, 0 to 1',
    p10_confidence Nullable(Float64) COMMENT 'Confidence that 90 % of them exceed, 0 to 1'
)
AS SELECT
    hour,
    toString(read.camera_id) AS camera_id,
    toString(read.site_id) AS site_id,
    length(all_confidences) AS violations,
    violations - length(legible) AS unreadable,
    if(empty(legible), NULL, arrayAvg(legible)) AS mean_confidence,
    if(empty(legible), NULL, arrayReduce('quantileExact(0.1)', legible)) AS p10_confidence
FROM
(
    SELECT
        hour, reader_hours.camera_id AS camera_id, reader_hours.site_id AS site_id,
        mapValues(reader_hours.confidences) AS all_confidences,
        arrayFilter(value -> value >= 0, all_confidences) AS legible
    FROM reader_hours FINAL
    SETTINGS do_not_merge_across_partitions_select_final = 1
) AS read
COMMENT 'How surely the plates of violations were read, by hour and camera';

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
            toDate(hour) AS day, now.camera_id AS camera_id, any(now.site_id) AS of_site,
            sum(now.passages) AS n, n - sum(now.measured) AS void,
            sum(now.residual_sum_m) AS residual, sum(now.residuals) AS fitted,
            0 AS confidence, 0 AS legible,
            NULL AS offset_most, NULL AS offset_least, NULL AS drift_most, NULL AS drift_least, false AS moved
        FROM passage_hours_now AS now
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
