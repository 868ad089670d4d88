-- How much does the store hold, and how fast does it grow?
--
-- Parameters
--   table = ''    one table; '' for all
--
-- Columns
--   name              table
--   rows              rows, those that a merge will still replace among them
--   megabytes         on the disk, compressed
--   bytes_a_row       on the disk, compressed
--   ratio             how many times smaller than uncompressed
--   parts             pieces that it lies in; many hundreds mean that merging does not keep up
--   newest            when its newest piece was written, UTC
SELECT
    table AS name,
    sum(parts.rows) AS rows,
    round(sum(bytes_on_disk) / 1e6, 3) AS megabytes,
    round(sum(bytes_on_disk) / nullIf(rows, 0), 1) AS bytes_a_row,
    round(sum(data_uncompressed_bytes) / nullIf(sum(data_compressed_bytes), 0), 1) AS ratio,
    count() AS parts,
    toDateTime64(max(modification_time), 0, 'UTC') AS newest
FROM system.parts
WHERE active AND database = currentDatabase() AND ({table:String} = '' OR table = {table:String})
GROUP BY name
ORDER BY megabytes DESC, name
