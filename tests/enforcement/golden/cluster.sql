-- 0001_tables.sql
CREATE TABLE IF NOT EXISTS passages ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE TABLE IF NOT EXISTS violations ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE TABLE IF NOT EXISTS case_events ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', precedence)
CREATE TABLE IF NOT EXISTS keepers ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE TABLE IF NOT EXISTS evidence_index ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
CREATE TABLE IF NOT EXISTS access_log ON CLUSTER 'centre'  ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
-- 0002_views.sql
CREATE OR REPLACE VIEW v_case_events ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_cases ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_violations ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_passages ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_speeds_hourly ON CLUSTER 'centre'
-- 0003_weighed_plates.sql
ALTER TABLE violations ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_cases ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_violations ON CLUSTER 'centre'
-- 0004_any_offence.sql
ALTER TABLE violations ON CLUSTER 'centre'
ALTER TABLE violations ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_cases ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_violations ON CLUSTER 'centre'
-- 0005_papers_and_waiting.sql
ALTER TABLE keepers ON CLUSTER 'centre'
ALTER TABLE evidence_index ON CLUSTER 'centre'
CREATE TABLE IF NOT EXISTS exempted_findings ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
-- 0006_health_and_law.sql
ALTER TABLE passages ON CLUSTER 'centre'
CREATE TABLE IF NOT EXISTS heartbeats ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE TABLE IF NOT EXISTS cameras ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
CREATE TABLE IF NOT EXISTS calibrations ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
CREATE TABLE IF NOT EXISTS policies ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
CREATE TABLE IF NOT EXISTS findings ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
INSERT INTO findings (finding_id, camera_id, site_id, occurred_at, offence, vehicle, became, reason, policy_id, policy_version, recorded_at)
INSERT INTO findings (finding_id, camera_id, site_id, occurred_at, offence, vehicle, became, policy_id, policy_version, unit, measured, uncertainty, subtracted, enforced, allowed, recorded_at)
ALTER TABLE exempted_findings ON CLUSTER 'centre'
CREATE TABLE IF NOT EXISTS audit ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
-- 0007_hours.sql
CREATE TABLE IF NOT EXISTS passage_hours_touched ON CLUSTER 'centre'  ENGINE = ReplicatedSummingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', token)
CREATE TABLE IF NOT EXISTS passage_hours ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', rewritten_at)
CREATE MATERIALIZED VIEW IF NOT EXISTS passage_hours_touching ON CLUSTER 'centre' TO passage_hours_touched
INSERT INTO passage_hours_touched
CREATE TABLE IF NOT EXISTS finding_hours ON CLUSTER 'centre'  ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE MATERIALIZED VIEW IF NOT EXISTS finding_hours_filling ON CLUSTER 'centre' TO finding_hours
INSERT INTO finding_hours
CREATE TABLE IF NOT EXISTS reader_hours ON CLUSTER 'centre'  ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE MATERIALIZED VIEW IF NOT EXISTS reader_hours_filling ON CLUSTER 'centre' TO reader_hours
INSERT INTO reader_hours
CREATE TABLE IF NOT EXISTS case_times ON CLUSTER 'centre'  ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE MATERIALIZED VIEW IF NOT EXISTS case_times_filling ON CLUSTER 'centre' TO case_times
INSERT INTO case_times
CREATE TABLE IF NOT EXISTS heartbeat_hours ON CLUSTER 'centre'  ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE MATERIALIZED VIEW IF NOT EXISTS heartbeat_hours_filling ON CLUSTER 'centre' TO heartbeat_hours
CREATE TABLE IF NOT EXISTS newest_heartbeats ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', sent_at)
CREATE MATERIALIZED VIEW IF NOT EXISTS newest_heartbeats_filling ON CLUSTER 'centre' TO newest_heartbeats
-- 0008_views.sql
CREATE OR REPLACE VIEW passage_hours_waiting ON CLUSTER 'centre'
CREATE OR REPLACE VIEW passage_hours_now ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_passages ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_traffic_hourly ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_speeds_hourly ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_speed_bins_hourly ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_voids_hourly ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_offences_hourly ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_findings ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_reader_hourly ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_reviewers_daily ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_cameras ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_camera_health ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_camera_health_hourly ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_health_events ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_camera_drift ON CLUSTER 'centre'
-- 0009_hours_never_shrink.sql
CREATE OR REPLACE VIEW passage_hours_waiting ON CLUSTER 'centre'
ALTER TABLE calibrations ON CLUSTER 'centre'
-- 0013_completeness.sql
ALTER TABLE evidence_index ON CLUSTER 'centre'
ALTER TABLE violations ON CLUSTER 'centre'
CREATE TABLE IF NOT EXISTS evidence_gaps ON CLUSTER 'centre'  ENGINE = ReplicatedVersionedCollapsingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', sign, opened_at)
CREATE OR REPLACE VIEW v_evidence_states ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_evidence_gaps ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_evidence ON CLUSTER 'centre'
INSERT INTO evidence_gaps (case_id, digest, kind, opened_at, sign)
-- 0015_cases.sql
CREATE TABLE IF NOT EXISTS cases ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', precedence)
CREATE MATERIALIZED VIEW IF NOT EXISTS cases_opened ON CLUSTER 'centre' TO cases
INSERT INTO cases SELECT
INSERT INTO cases SELECT cases.* REPLACE (decided.outcome AS status, decided.first AS precedence)
CREATE OR REPLACE VIEW v_violations ON CLUSTER 'centre'
-- 0016_case_view.sql
CREATE OR REPLACE VIEW v_cases ON CLUSTER 'centre'
-- 0017_decided_cases.sql
ALTER TABLE cases ON CLUSTER 'centre'
INSERT INTO cases SELECT cases.* REPLACE (
CREATE OR REPLACE VIEW v_decisions ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_reviewers_daily ON CLUSTER 'centre'
DROP VIEW IF EXISTS case_times_filling ON CLUSTER 'centre'
DROP TABLE IF EXISTS case_times ON CLUSTER 'centre'
-- 0018_small_parts_are_merged.sql
ALTER TABLE passage_hours_touched ON CLUSTER 'centre'
ALTER TABLE passage_hours ON CLUSTER 'centre'
ALTER TABLE finding_hours ON CLUSTER 'centre'
ALTER TABLE reader_hours ON CLUSTER 'centre'
ALTER TABLE heartbeat_hours ON CLUSTER 'centre'
-- 0019_less_work.sql
CREATE OR REPLACE VIEW passage_hours_now ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_reader_hourly ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_camera_drift ON CLUSTER 'centre'
-- 0020_case_candidates.sql
CREATE TABLE IF NOT EXISTS case_candidates ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
CREATE TABLE IF NOT EXISTS register_imports ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE TABLE IF NOT EXISTS register_lookups ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
-- 0022_deadlines_and_exemptions.sql
ALTER TABLE violations ON CLUSTER 'centre'
ALTER TABLE cases ON CLUSTER 'centre'
ALTER TABLE cases ON CLUSTER 'centre'
ALTER TABLE cases_opened ON CLUSTER 'centre' MODIFY QUERY
CREATE TABLE IF NOT EXISTS exemptions ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', revision)
ALTER TABLE findings ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_suppressed ON CLUSTER 'centre'
-- 0023_erasing.sql
ALTER TABLE cases ON CLUSTER 'centre'
ALTER TABLE violations ON CLUSTER 'centre' ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time'
ALTER TABLE case_events ON CLUSTER 'centre' ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time'
ALTER TABLE case_candidates ON CLUSTER 'centre' ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time'
ALTER TABLE evidence_index ON CLUSTER 'centre' ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time'
CREATE TABLE IF NOT EXISTS case_marks ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE TABLE IF NOT EXISTS erasing_periods ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', revision)
CREATE TABLE IF NOT EXISTS tombstones ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', revision)
-- 0026_audit_heads.sql
CREATE TABLE IF NOT EXISTS audit_heads ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
ALTER TABLE audit ON CLUSTER 'centre'
ALTER TABLE access_log ON CLUSTER 'centre'
-- 0028_reviews.sql
ALTER TABLE case_events ON CLUSTER 'centre'
ALTER TABLE cases ON CLUSTER 'centre'
ALTER TABLE cases ON CLUSTER 'centre'
CREATE TABLE IF NOT EXISTS review_terms ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
CREATE OR REPLACE VIEW v_case_events ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_decisions ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_reviewers_daily ON CLUSTER 'centre'
-- 0029_case_view.sql
CREATE OR REPLACE VIEW v_cases ON CLUSTER 'centre'
-- 0030_severity.sql
ALTER TABLE cases ON CLUSTER 'centre'
ALTER TABLE cases ON CLUSTER 'centre' MATERIALIZE COLUMN severity
-- 0031_quality.sql
ALTER TABLE violations ON CLUSTER 'centre'
ALTER TABLE cases ON CLUSTER 'centre'
ALTER TABLE cases_opened ON CLUSTER 'centre' MODIFY QUERY
ALTER TABLE reader_hours_filling ON CLUSTER 'centre' MODIFY QUERY
CREATE TABLE IF NOT EXISTS known_cases ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', added_at)
CREATE TABLE IF NOT EXISTS seeded_cases ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', put_at)
CREATE TABLE IF NOT EXISTS suspensions ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
CREATE OR REPLACE VIEW v_violations ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_decisions ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_reviewers_daily ON CLUSTER 'centre'
-- 0032_receipts.sql
CREATE TABLE IF NOT EXISTS receipts ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
-- 0034_speed_days.sql
CREATE TABLE IF NOT EXISTS speed_days_touched ON CLUSTER 'centre'  ENGINE = ReplicatedSummingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', token)
CREATE TABLE IF NOT EXISTS speed_days ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', rewritten_at)
CREATE MATERIALIZED VIEW IF NOT EXISTS speed_days_touching ON CLUSTER 'centre' TO speed_days_touched
INSERT INTO speed_days_touched
CREATE OR REPLACE VIEW speed_days_stale ON CLUSTER 'centre'
CREATE OR REPLACE VIEW speed_days_waiting ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_speed_bins_daily ON CLUSTER 'centre'
-- 0035_open_cases.sql
ALTER TABLE violations ON CLUSTER 'centre'
ALTER TABLE cases ON CLUSTER 'centre'
ALTER TABLE cases_opened ON CLUSTER 'centre' MODIFY QUERY
CREATE TABLE IF NOT EXISTS open_cases ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', precedence, is_settled)
CREATE TABLE IF NOT EXISTS open_case_lines ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', precedence, is_settled)
CREATE MATERIALIZED VIEW IF NOT EXISTS open_cases_following ON CLUSTER 'centre' TO open_cases
CREATE MATERIALIZED VIEW IF NOT EXISTS open_case_lines_following ON CLUSTER 'centre' TO open_case_lines
INSERT INTO cases SELECT cases.* REPLACE (matched.match AS match, toUInt16(length(matched.plates)) AS candidates)
INSERT INTO cases SELECT cases.* FROM (SELECT * FROM cases FINAL) AS cases
CREATE TABLE IF NOT EXISTS case_sources ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
CREATE MATERIALIZED VIEW IF NOT EXISTS case_sources_filling ON CLUSTER 'centre' TO case_sources
INSERT INTO case_sources
-- 0036_drift_by_day.sql
ALTER TABLE speed_days ON CLUSTER 'centre'
CREATE OR REPLACE VIEW speed_days_waiting ON CLUSTER 'centre'
INSERT INTO speed_days_touched
CREATE OR REPLACE VIEW speed_days_now ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_speed_bins_daily ON CLUSTER 'centre'
CREATE OR REPLACE VIEW v_camera_drift ON CLUSTER 'centre'
-- 0037_refused_decisions.sql
CREATE TABLE IF NOT EXISTS refused_decisions ON CLUSTER 'centre'  ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', recorded_at)
-- 0040_terms_are_held.sql
ALTER TABLE review_terms ON CLUSTER 'centre' ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time'
-- 0041_register_cards.sql
ALTER TABLE keepers ON CLUSTER 'centre'
