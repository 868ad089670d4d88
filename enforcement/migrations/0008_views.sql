-- What analysts may rely on: names and columns stay, however the tables behind them change.

-- An hour that waits to be rewritten, as it is now; the same statement rewrites it.
CREATE OR REPLACE VIEW passage_hours_waiting
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
    toStartOfHour(occurred_at) AS hour,
    camera_id,
    vehicle,
    any(passages.site_id) AS site_id,
    toUInt32(count()) AS passages,
    toUInt32(count(speed_kmh)) AS measured,
    sum(toFloat64(ifNull(speed_kmh, 0))) AS speed_sum_kmh,
    max(ifNull(speed_kmh, 0)) AS speed_max_kmh,
    sumMapIf(map(toUInt16(ifNull(speed_kmh, 0)), toUInt32(1)), speed_kmh IS NOT NULL) AS speeds,
    sumMapIf(map(void_reason, toUInt32(1)), speed_kmh IS NULL) AS voids,
    sum(toFloat64(ifNull(residual_m, 0))) AS residual_sum_m,
    toUInt32(count(residual_m)) AS residuals
FROM passages FINAL
WHERE (toStartOfHour(occurred_at), camera_id) IN
    (SELECT hour, camera_id FROM passage_hours_touched GROUP BY hour, camera_id HAVING sum(token) != 0)
GROUP BY hour, camera_id, vehicle
COMMENT 'Hours that wait to be rewritten, counted from the passages';

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
UNION ALL
SELECT
    hour, camera_id, vehicle, site_id, passages, measured, speed_sum_kmh, speed_max_kmh, speeds, voids,
    residual_sum_m, residuals
FROM passage_hours_waiting
COMMENT 'Passages and speeds by hour, camera and vehicle: what was rewritten, and what waits to be';

CREATE OR REPLACE VIEW v_passages
(
    passage_id String COMMENT 'Deterministic id of the passage',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the vehicle came into view',
    camera_id String COMMENT 'Camera that saw it',
    site_id String COMMENT 'Site of the camera',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    lane Nullable(String) COMMENT 'Lane of the site file; NULL: not known',
    speed_kmh Nullable(Float32) COMMENT 'Measured speed, km/h; NULL where the measurement is void',
    uncertainty_kmh Nullable(Float32) COMMENT 'Expanded uncertainty (k=2) of the speed, km/h',
    void_reason Nullable(String) COMMENT 'Why there is no speed; NULL where there is one',
    residual_m Nullable(Float32) COMMENT 'How far the track lay from the fitted way (rms), m',
    calibration_id Nullable(String) COMMENT 'Calibration that placed it on the road'
)
AS SELECT
    passage_id, occurred_at, toString(passages.camera_id) AS camera_id, toString(passages.site_id) AS site_id,
    toString(passages.vehicle) AS vehicle, nullIf(toString(passages.lane), '') AS lane, speed_kmh, uncertainty_kmh,
    nullIf(toString(passages.void_reason), '') AS void_reason, residual_m,
    nullIf(toString(passages.calibration_id), '') AS calibration_id
FROM passages FINAL
COMMENT 'Anonymous statistics of every passage, each once';

CREATE OR REPLACE VIEW v_traffic_hourly
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    passages UInt32 COMMENT 'Vehicles that passed',
    measured UInt32 COMMENT 'Those with a valid speed',
    void UInt32 COMMENT 'Those without'
)
AS SELECT
    hour, toString(now.camera_id) AS camera_id, toString(now.site_id) AS site_id, toString(now.vehicle) AS vehicle,
    passages, measured, passages - measured AS void
FROM passage_hours_now AS now
COMMENT 'Vehicles by hour, camera and kind';

CREATE OR REPLACE VIEW v_speeds_hourly
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour',
    camera_id String COMMENT 'Camera',
    passages UInt64 COMMENT 'Vehicles that passed',
    measured UInt64 COMMENT 'Those with a valid speed',
    mean_kmh Nullable(Float64) COMMENT 'Mean of their speeds, km/h',
    p85_kmh Nullable(Float64) COMMENT 'Speed that 85 % do not exceed, km/h, to the bins of 1 km/h',
    max_kmh Nullable(Float32) COMMENT 'Highest of their speeds, km/h',
    site_id String COMMENT 'Site of the camera',
    p15_kmh Nullable(Float64) COMMENT 'Speed that 15 % do not exceed, km/h, likewise',
    p50_kmh Nullable(Float64) COMMENT 'Median of their speeds, km/h, likewise',
    p95_kmh Nullable(Float64) COMMENT 'Speed that 95 % do not exceed, km/h, likewise',
    residual_m Nullable(Float64) COMMENT 'Mean distance of the tracks from the fitted ways, m',
    void UInt64 COMMENT 'Passages without a valid speed'
)
AS SELECT
    hour,
    toString(now.camera_id) AS camera_id,
    sum(now.passages) AS passages,
    sum(now.measured) AS measured,
    if(measured = 0, NULL, round(sum(speed_sum_kmh) / measured, 1)) AS mean_kmh,
    if(measured = 0, NULL, round((quantilesInterpolatedWeightedArray(0.15, 0.5, 0.85, 0.95)(middles, counts) AS quantiles)[3], 1)) AS p85_kmh,
    if(measured = 0, NULL, max(speed_max_kmh)) AS max_kmh,
    toString(any(now.site_id)) AS site_id,
    if(measured = 0, NULL, round(quantiles[1], 1)) AS p15_kmh,
    if(measured = 0, NULL, round(quantiles[2], 1)) AS p50_kmh,
    if(measured = 0, NULL, round(quantiles[4], 1)) AS p95_kmh,
    if(sum(residuals) = 0, NULL, sum(residual_sum_m) / sum(residuals)) AS residual_m,
    passages - measured AS void
FROM
(
    SELECT *, arrayMap(bin -> bin + 0.5, mapKeys(speeds)) AS middles, mapValues(speeds) AS counts
    FROM passage_hours_now
) AS now
GROUP BY hour, camera_id
COMMENT 'Speeds by hour and camera';

CREATE OR REPLACE VIEW v_speed_bins_hourly
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    bin_kmh UInt16 COMMENT 'The bin goes from this speed to 1 km/h more',
    passages UInt32 COMMENT 'Vehicles with a speed in it'
)
AS SELECT
    hour, toString(now.camera_id) AS camera_id, toString(now.site_id) AS site_id, toString(now.vehicle) AS vehicle,
    bin.1 AS bin_kmh, bin.2 AS passages
FROM passage_hours_now AS now
ARRAY JOIN CAST(speeds, 'Array(Tuple(UInt16, UInt32))') AS bin
COMMENT 'How many drove how fast, by hour, camera and vehicle: adds up over hours and cameras, as quantiles do not';

CREATE OR REPLACE VIEW v_voids_hourly
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    void_reason String COMMENT 'Why there is no speed',
    passages UInt32 COMMENT 'Vehicles without a speed for this reason'
)
AS SELECT
    hour, toString(now.camera_id) AS camera_id, toString(now.site_id) AS site_id, toString(now.vehicle) AS vehicle,
    toString(why.1) AS void_reason, why.2 AS passages
FROM passage_hours_now AS now
ARRAY JOIN CAST(voids, 'Array(Tuple(LowCardinality(String), UInt32))') AS why
COMMENT 'Passages without a speed, by hour, camera, vehicle and reason';

CREATE OR REPLACE VIEW v_offences_hourly
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    offence String COMMENT 'The rule that was broken',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    found UInt64 COMMENT 'Findings of the rules: cases and set_aside',
    cases UInt64 COMMENT 'Those that became cases',
    set_aside UInt64 COMMENT 'Those that an exemption set aside'
)
AS SELECT
    hour,
    toString(found_in.camera_id) AS camera_id,
    toString(any(found_in.site_id)) AS site_id,
    toString(found_in.offence) AS offence,
    toString(found_in.vehicle) AS vehicle,
    cases + set_aside AS found,
    uniqExactIfMerge(found_in.cases) AS cases,
    uniqExactIfMerge(found_in.set_aside) AS set_aside
FROM finding_hours AS found_in
GROUP BY hour, camera_id, offence, vehicle
COMMENT 'Findings by hour, camera, offence and vehicle';

CREATE OR REPLACE VIEW v_findings
(
    finding_id String COMMENT 'Deterministic id; of a case: its violation_id',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the vehicle came into view',
    camera_id String COMMENT 'Camera that saw it',
    site_id String COMMENT 'Site of the camera',
    offence String COMMENT 'The rule that was broken',
    vehicle String COMMENT 'car, motorcycle, bus, truck, bicycle',
    became String COMMENT 'case: an officer decides; set_aside: an exemption holds',
    reason Nullable(String) COMMENT 'Why it was set aside',
    policy_id String COMMENT 'Policy that was applied',
    policy_version String COMMENT 'Its version',
    unit String COMMENT 'Unit of the numbers: km/h, s, m, or empty',
    measured Float64 COMMENT 'What was measured, in the unit',
    uncertainty Nullable(Float64) COMMENT 'Expanded uncertainty (k=2) of measured, in the unit',
    subtracted Float64 COMMENT 'What was taken off in the driver''s favour, in the unit',
    enforced Float64 COMMENT 'measured - subtracted, which is compared with allowed',
    allowed Float64 COMMENT 'What the policy allows, in the unit'
)
AS SELECT
    finding_id, occurred_at, toString(findings.camera_id) AS camera_id, toString(findings.site_id) AS site_id,
    toString(findings.offence) AS offence, toString(findings.vehicle) AS vehicle,
    toString(findings.became) AS became, nullIf(toString(findings.reason), '') AS reason,
    toString(findings.policy_id) AS policy_id, toString(findings.policy_version) AS policy_version,
    toString(findings.unit) AS unit, measured, uncertainty, subtracted, enforced, allowed
FROM findings FINAL
COMMENT 'Every finding of the rules and what became of it, without plate and keeper';

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
    toString(any(read.site_id)) AS site_id,
    length(confidences) AS violations,
    violations - length(legible) AS unreadable,
    if(empty(legible), NULL, arrayAvg(legible)) AS mean_confidence,
    if(empty(legible), NULL, arrayReduce('quantileExact(0.1)', legible)) AS p10_confidence
FROM
(
    SELECT
        hour, camera_id, any(site_id) AS site_id,
        mapValues(maxMap(reader_hours.confidences)) AS confidences,
        arrayFilter(value -> value >= 0, confidences) AS legible
    FROM reader_hours
    GROUP BY hour, camera_id
) AS read
GROUP BY hour, camera_id, confidences, legible
COMMENT 'How surely the plates of violations were read, by hour and camera';

CREATE OR REPLACE VIEW v_reviewers_daily
(
    day Date COMMENT 'Day of the decisions, UTC',
    officer String COMMENT 'Who decided',
    decided UInt64 COMMENT 'Cases that this officer was the first to decide',
    confirmed UInt64 COMMENT 'Those confirmed',
    rejected UInt64 COMMENT 'Those rejected',
    median_seconds Nullable(Float64) COMMENT 'Median time from when a case was in the store until it was decided, s'
)
AS SELECT
    toDate(first.3) AS day,
    first.1 AS officer,
    count() AS decided,
    countIf(first.2 = 'confirmed') AS confirmed,
    countIf(first.2 = 'rejected') AS rejected,
    quantileExact(0.5)(greatest(0, dateDiff('millisecond', opened, first.3) / 1000)) AS median_seconds
FROM
(
    SELECT min(opened_at) AS opened, argMinMerge(first_decision) AS first
    FROM case_times
    GROUP BY case_hash
    HAVING first.2 != 'opened'
)
GROUP BY day, officer
COMMENT 'Decisions by officer and day; names officers';

CREATE OR REPLACE VIEW v_cameras
(
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site it stands at',
    site_name String COMMENT 'What the site is called',
    latitude Nullable(Float64) COMMENT 'Where it stands, degrees (WGS84)',
    longitude Nullable(Float64) COMMENT 'Where it stands, degrees (WGS84)',
    clock_sigma_ms Nullable(Float64) COMMENT 'Standard uncertainty (k=1) of its clock, ms',
    policy_id String COMMENT 'Policy by which its passages are judged',
    policy_version String COMMENT 'Its version',
    calibration_id Nullable(String) COMMENT 'Calibration that is in use',
    calibrated_until Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when that calibration holds',
    speed_uncertainty_percent Nullable(Float64) COMMENT 'Largest uncertainty (k=2) that it alone gives to a speed, per cent',
    seen_by_worker_at DateTime64(3, 'UTC') COMMENT 'When a worker last started with it'
)
AS SELECT
    toString(camera.camera_id) AS camera_id, toString(camera.site_id) AS site_id, camera.site_name AS site_name,
    camera.latitude AS latitude, camera.longitude AS longitude, camera.clock_sigma_ms AS clock_sigma_ms,
    toString(camera.policy_id) AS policy_id, toString(camera.policy_version) AS policy_version,
    nullIf(toString(camera.calibration_id), '') AS calibration_id,
    used.valid_until AS calibrated_until, used.speed_uncertainty_percent AS speed_uncertainty_percent,
    camera.recorded_at AS seen_by_worker_at
FROM (SELECT * FROM cameras FINAL) AS camera
LEFT JOIN
(
    SELECT
        camera_id, calibration_id,
        argMax(toNullable(valid_until), recorded_at) AS valid_until,
        argMax(calibrations.speed_uncertainty_percent, recorded_at) AS speed_uncertainty_percent
    FROM calibrations
    GROUP BY camera_id, calibration_id
) AS used ON used.camera_id = camera.camera_id AND used.calibration_id = camera.calibration_id
COMMENT 'The cameras, where they stand, what they are judged by and measured with';

CREATE OR REPLACE VIEW v_camera_health
(
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    sent_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When its newest heartbeat was sent; NULL: none ever came',
    age_s Nullable(Float64) COMMENT 'How long ago that was, s',
    frames UInt64 COMMENT 'Frames analysed since the unit started',
    frames_per_second Float32 COMMENT 'Mean since the unit started',
    dropped_frames UInt64 COMMENT 'Frames that never came, since the unit started',
    passages UInt64 COMMENT 'Passages published since the unit started',
    finished Bool COMMENT 'Whether its source ended',
    clock_offset_ms Nullable(Float64) COMMENT 'How far the frames'' times moved against the wall clock',
    clock_drift_ppm Nullable(Float64) COMMENT 'How fast they do',
    spool_records UInt64 COMMENT 'Records on the unit''s disk that wait to be sent',
    spool_age_s Float32 COMMENT 'For how long the oldest of them has waited, s',
    given_up_records UInt64 COMMENT 'Statistics that found no room there since the unit started'
)
AS SELECT
    toString(known.camera_id) AS camera_id,
    toString(argMax(known.site_id, known.sent_at)) AS site_id,
    nullIf(max(known.sent_at), toDateTime64(0, 3, 'UTC')) AS sent_at,
    dateDiff('millisecond', sent_at, now64(3)) / 1000 AS age_s,
    max(known.frames) AS frames,
    max(known.frames_per_second) AS frames_per_second,
    max(known.dropped_frames) AS dropped_frames,
    max(known.passages) AS passages,
    max(known.finished) AS finished,
    any(known.clock_offset_ms) AS clock_offset_ms,
    any(known.clock_drift_ppm) AS clock_drift_ppm,
    max(known.spool_records) AS spool_records,
    max(known.spool_age_s) AS spool_age_s,
    max(known.given_up_records) AS given_up_records
FROM
(
    SELECT * FROM newest_heartbeats FINAL
    UNION ALL
    -- A camera of which nothing was ever heard is the one to know of.
    SELECT
        camera_id, site_id, toDateTime64(0, 3, 'UTC') AS sent_at, 0 AS frames, 0 AS frames_per_second,
        0 AS dropped_frames, 0 AS passages, false AS finished, NULL AS clock_offset_ms, NULL AS clock_drift_ppm,
        0 AS spool_records, 0 AS spool_age_s, 0 AS given_up_records
    FROM cameras FINAL
) AS known
GROUP BY camera_id
COMMENT 'The newest heartbeat of each camera, and how old it is';

CREATE OR REPLACE VIEW v_camera_health_hourly
(
    hour DateTime('UTC') COMMENT 'Beginning of the hour',
    camera_id String COMMENT 'Camera',
    site_id String COMMENT 'Site of the camera',
    heartbeats UInt64 COMMENT 'Heartbeats that were sent',
    minutes UInt8 COMMENT 'Minutes of the hour in which at least one was',
    slowest_fps Float32 COMMENT 'Lowest rate of frames a second',
    fastest_fps Float32 COMMENT 'Highest rate of frames a second',
    dropped_frames UInt64 COMMENT 'Frames that never came between the first and the last count of the hour',
    clock_offset_ms Nullable(Float64) COMMENT 'Clock offset that was furthest from 0, ms',
    clock_drift_ppm Nullable(Float64) COMMENT 'Clock drift that was furthest from 0, ppm',
    spool_records UInt64 COMMENT 'Most records that waited on the unit''s disk',
    spool_age_s Float32 COMMENT 'Longest that one had waited, s',
    given_up_records UInt64 COMMENT 'Statistics that found no room there, as last counted',
    event_kinds Array(String) COMMENT 'Kinds of events that were reported'
)
AS SELECT
    hour,
    toString(beat.camera_id) AS camera_id,
    toString(any(beat.site_id)) AS site_id,
    uniqExactMerge(beats) AS heartbeats,
    bitCount(groupBitOr(beat.minutes)) AS minutes,
    min(beat.slowest_fps) AS slowest_fps,
    max(beat.fastest_fps) AS fastest_fps,
    max(dropped_most) - min(dropped_least) AS dropped_frames,
    if(abs(max(offset_most_ms)) >= abs(min(offset_least_ms)), max(offset_most_ms), min(offset_least_ms)) AS clock_offset_ms,
    if(abs(max(drift_most_ppm)) >= abs(min(drift_least_ppm)), max(drift_most_ppm), min(drift_least_ppm)) AS clock_drift_ppm,
    max(beat.spool_records) AS spool_records,
    max(beat.spool_age_s) AS spool_age_s,
    max(beat.given_up_records) AS given_up_records,
    arraySort(groupUniqArrayArray(beat.event_kinds)) AS event_kinds
FROM heartbeat_hours AS beat
GROUP BY hour, camera_id
COMMENT 'Health of the units by hour and camera';

CREATE OR REPLACE VIEW v_health_events
(
    at DateTime64(3, 'UTC') COMMENT 'When it happened',
    camera_id String COMMENT 'Camera of the unit',
    site_id String COMMENT 'Site of the camera',
    kind String COMMENT 'What happened, for instance camera-moved or clock-jump',
    detail String COMMENT 'The same in words'
)
AS SELECT
    event.2 AS at, toString(beat.camera_id) AS camera_id, toString(beat.site_id) AS site_id,
    toString(event.1) AS kind, event.3 AS detail
FROM (SELECT * FROM heartbeats FINAL) AS beat
ARRAY JOIN arrayZip(event_kinds, event_times, event_details) AS event
COMMENT 'What units reported that a person must know';

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
        day, camera_id, any(of_site) AS site_id,
        sum(n) AS passages, sum(void) AS voids, sum(residual) AS residual_sum_m, sum(fitted) AS residuals,
        sum(confidence) AS confidence_sum, sum(legible) AS reads,
        if(abs(max(offset_ms)) >= abs(min(offset_ms)), max(offset_ms), min(offset_ms)) AS clock_offset_ms,
        if(abs(max(drift_ppm)) >= abs(min(drift_ppm)), max(drift_ppm), min(drift_ppm)) AS clock_drift_ppm,
        max(moved) AS camera_moved
    FROM
    (
        SELECT
            toDate(hour) AS day, toString(now.camera_id) AS camera_id, toString(now.site_id) AS of_site,
            now.passages AS n, now.passages - now.measured AS void, residual_sum_m AS residual, now.residuals AS fitted,
            0 AS confidence, 0 AS legible, NULL AS offset_ms, NULL AS drift_ppm, false AS moved
        FROM passage_hours_now AS now
        UNION ALL
        SELECT
            toDate(hour), camera_id, site_id, 0, 0, 0, 0,
            ifNull(mean_confidence, 0) * (violations - unreadable), violations - unreadable, NULL, NULL, false
        FROM v_reader_hourly
        UNION ALL
        SELECT
            toDate(hour), camera_id, site_id, 0, 0, 0, 0, 0, 0,
            clock_offset_ms, clock_drift_ppm, has(event_kinds, 'camera-moved')
        FROM v_camera_health_hourly
    )
    GROUP BY day, camera_id
)
WINDOW past AS (PARTITION BY camera_id ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
COMMENT 'Which cameras drift: each day of a camera beside its own four weeks before';
