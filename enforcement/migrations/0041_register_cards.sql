-- A match reads the entries of a few plates, and what that takes goes by the number of columns: each is a file of its
-- own. So an entry stands once more in one column. In a register imported before, it is made as it is read.
ALTER TABLE keepers
    ADD COLUMN IF NOT EXISTS card String MATERIALIZED toJSONString(CAST(
        (plate, keeper_id, keeper_name, keeper_address, vehicle_class, make, colour, insured_until, inspected_until, stolen),
        'Tuple(plate String, keeper_id String, name String, address String, vehicle_class String, make String, colour String, insured_until Nullable(Date32), inspected_until Nullable(Date32), stolen Bool)'
    )) COMMENT 'The whole entry as JSON, as a match reads it' CODEC(ZSTD(1));
