-- Passages may be kept for a shorter time than the figures by the hour. Where a passage comes late into an hour
-- whose others have been erased, the hour keeps its old figures: fewer passages than were counted before can only
-- mean that some are gone.
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
    hour, camera_id,
    figures.1 AS vehicle, figures.2 AS site_id, figures.3 AS passages, figures.4 AS measured,
    figures.5 AS speed_sum_kmh, figures.6 AS speed_max_kmh, figures.7 AS speeds, figures.8 AS voids,
    figures.9 AS residual_sum_m, figures.10 AS residuals
FROM
(
    SELECT
        hour, camera_id,
        groupArrayIf(figures, counted) AS counted_now,
        groupArrayIf(figures, NOT counted) AS made_before,
        if(sumIf(figures.3, counted) >= sumIf(figures.3, NOT counted), counted_now, made_before) AS valid
    FROM
    (
        SELECT
            toStartOfHour(occurred_at) AS hour,
            camera_id,
            (
                vehicle,
                any(passages.site_id),
                toUInt32(count()),
                toUInt32(count(speed_kmh)),
                sum(toFloat64(ifNull(speed_kmh, 0))),
                max(ifNull(speed_kmh, 0)),
                CAST(sumMapIf(map(toUInt16(ifNull(speed_kmh, 0)), toUInt32(1)), speed_kmh IS NOT NULL), 'Map(UInt16, UInt32)'),
                CAST(sumMapIf(map(void_reason, toUInt32(1)), speed_kmh IS NULL), 'Map(LowCardinality(String), UInt32)'),
                sum(toFloat64(ifNull(residual_m, 0))),
                toUInt32(count(residual_m))
            ) AS figures,
            true AS counted
        FROM passages FINAL
        WHERE (toStartOfHour(occurred_at), camera_id) IN
            (SELECT hour, camera_id FROM passage_hours_touched GROUP BY hour, camera_id HAVING sum(token) != 0)
        GROUP BY hour, camera_id, vehicle
        UNION ALL
        SELECT
            hour, camera_id,
            (vehicle, site_id, passages, measured, speed_sum_kmh, speed_max_kmh, speeds, voids, residual_sum_m, residuals),
            false
        FROM passage_hours FINAL
        WHERE (hour, camera_id) IN
            (SELECT hour, camera_id FROM passage_hours_touched GROUP BY hour, camera_id HAVING sum(token) != 0)
    )
    GROUP BY hour, camera_id
)
ARRAY JOIN valid AS figures
COMMENT 'Hours that wait to be rewritten, counted from the passages';

ALTER TABLE calibrations
    COMMENT COLUMN recorded_at 'When a worker first started with it';
