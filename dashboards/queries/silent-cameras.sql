-- Which cameras have not been heard of, or have much waiting on their disks?
--
-- Parameters
--   age_s = 300        heard of longer ago than this, s
--   waiting = 1000     or with more records waiting than this
--
-- Columns
--   camera_id          camera
--   site_id            its site
--   sent_at            when its newest heartbeat was sent; NULL: none ever came
--   age_s              how long ago that was, s
--   spool_records      records on its disk that wait to be sent
--   spool_age_s        for how long the oldest of them has waited, s
--   given_up_records   statistics that found no room there since it started
SELECT camera_id, site_id, sent_at, age_s, spool_records, spool_age_s, given_up_records
FROM v_camera_health
WHERE NOT finished AND (age_s IS NULL OR age_s > {age_s:Float64} OR spool_records > {waiting:UInt64})
ORDER BY age_s DESC NULLS FIRST, camera_id
