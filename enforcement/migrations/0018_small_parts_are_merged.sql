-- What has been rewritten comes to zero and is dropped by a merge; but nobody merges a table that gets no more rows,
-- and every question about hours reads it. So parts are merged when they are some minutes old, and a month of
-- figures that nothing is added to becomes one part, which is read without comparing rows.
ALTER TABLE passage_hours_touched
    MODIFY SETTING min_age_to_force_merge_seconds = 300;

ALTER TABLE passage_hours
    MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE finding_hours
    MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE reader_hours
    MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE heartbeat_hours
    MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;
