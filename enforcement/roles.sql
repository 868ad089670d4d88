-- Who may see what on a ClickHouse server. {db} is the database; `roadwitness store roles` fills it in, and adds
-- row policies by site. A view asks for the tables under it in the name of who asks the view, so those are
-- granted too; where a table has personal data beside other columns, only the others are.

CREATE ROLE IF NOT EXISTS roadwitness_analyst;
CREATE ROLE IF NOT EXISTS roadwitness_supervisor;
CREATE ROLE IF NOT EXISTS roadwitness_auditor;
CREATE ROLE IF NOT EXISTS roadwitness_reviewer;
CREATE ROLE IF NOT EXISTS roadwitness_worker;

-- The analyst: traffic, speeds, offences, health; no plate, no keeper, no picture, no officer.
GRANT SELECT ON {db}.passages TO roadwitness_analyst;
GRANT SELECT ON {db}.passage_hours TO roadwitness_analyst;
GRANT SELECT ON {db}.passage_hours_touched TO roadwitness_analyst;
GRANT SELECT ON {db}.passage_hours_waiting TO roadwitness_analyst;
GRANT SELECT ON {db}.passage_hours_now TO roadwitness_analyst;
GRANT SELECT ON {db}.speed_days TO roadwitness_analyst;
GRANT SELECT ON {db}.speed_days_touched TO roadwitness_analyst;
GRANT SELECT ON {db}.speed_days_stale TO roadwitness_analyst;
GRANT SELECT ON {db}.speed_days_waiting TO roadwitness_analyst;
GRANT SELECT ON {db}.speed_days_now TO roadwitness_analyst;
GRANT SELECT ON {db}.findings TO roadwitness_analyst;
GRANT SELECT ON {db}.exempted_findings TO roadwitness_analyst;
GRANT SELECT ON {db}.finding_hours TO roadwitness_analyst;
GRANT SELECT ON {db}.reader_hours TO roadwitness_analyst;
GRANT SELECT ON {db}.heartbeats TO roadwitness_analyst;
GRANT SELECT ON {db}.heartbeat_hours TO roadwitness_analyst;
GRANT SELECT ON {db}.newest_heartbeats TO roadwitness_analyst;
GRANT SELECT ON {db}.cameras TO roadwitness_analyst;
GRANT SELECT ON {db}.calibrations TO roadwitness_analyst;
GRANT SELECT ON {db}.policies TO roadwitness_analyst;
GRANT SELECT ON {db}.evidence_gaps TO roadwitness_analyst;
GRANT SELECT ON {db}.v_passages TO roadwitness_analyst;
GRANT SELECT ON {db}.v_traffic_hourly TO roadwitness_analyst;
GRANT SELECT ON {db}.v_speeds_hourly TO roadwitness_analyst;
GRANT SELECT ON {db}.v_speed_bins_hourly TO roadwitness_analyst;
GRANT SELECT ON {db}.v_speed_bins_daily TO roadwitness_analyst;
GRANT SELECT ON {db}.v_voids_hourly TO roadwitness_analyst;
GRANT SELECT ON {db}.v_findings TO roadwitness_analyst;
GRANT SELECT ON {db}.v_offences_hourly TO roadwitness_analyst;
GRANT SELECT ON {db}.v_suppressed TO roadwitness_analyst;
GRANT SELECT ON {db}.v_reader_hourly TO roadwitness_analyst;
GRANT SELECT ON {db}.v_cameras TO roadwitness_analyst;
GRANT SELECT ON {db}.v_camera_health TO roadwitness_analyst;
GRANT SELECT ON {db}.v_camera_health_hourly TO roadwitness_analyst;
GRANT SELECT ON {db}.v_camera_drift TO roadwitness_analyst;
GRANT SELECT ON {db}.v_health_events TO roadwitness_analyst;
GRANT SELECT ON {db}.v_evidence_gaps TO roadwitness_analyst;
GRANT SELECT(violation_id, occurred_at, occurred_at_ns, camera_id, site_id, offence, vehicle, status, speed_kmh,
    speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh, measured, unit, measured_uncertainty, subtracted,
    enforced, allowed) ON {db}.v_violations TO roadwitness_analyst;
GRANT SELECT(case_id, occurred_at, camera_id, site_id, offence, vehicle, status, speed_kmh,
    speed_uncertainty_kmh, limit_kmh, enforced_speed_kmh, measured, unit, measured_uncertainty, subtracted,
    enforced, allowed, decided_at, reason_code, recorded_at, precedence, seeded) ON {db}.cases TO roadwitness_analyst;
GRANT SELECT ON {db}.v_decisions TO roadwitness_analyst;
GRANT SELECT(case_id, event_id, sequence, kind, at, at_ns, reason_code, review, status_after) ON {db}.v_case_events TO roadwitness_analyst;
GRANT SELECT(case_id, event_id, sequence, kind, at, reason_code, review, effect, status_after, recorded_at, precedence)
    ON {db}.case_events TO roadwitness_analyst;
GRANT SELECT ON system.parts TO roadwitness_analyst;

-- Beside that, how much each officer decides: names officers.
GRANT SELECT ON {db}.v_reviewers_daily TO roadwitness_supervisor;
GRANT SELECT(occurred_at, case_id, status, officer, reviewers, decided_at, recorded_at, precedence, seeded) ON {db}.cases
    TO roadwitness_supervisor;

-- The auditor: who did what and why, by which law and with what; no keeper and no plate.
GRANT SELECT ON {db}.audit TO roadwitness_auditor;
GRANT SELECT ON {db}.register_imports TO roadwitness_auditor;
GRANT SELECT ON {db}.register_lookups TO roadwitness_auditor;
GRANT SELECT ON {db}.audit_heads TO roadwitness_auditor;
GRANT SELECT ON {db}.receipts TO roadwitness_auditor;
GRANT SELECT ON {db}.access_log TO roadwitness_auditor;
GRANT SELECT ON {db}.case_events TO roadwitness_auditor;
GRANT SELECT ON {db}.v_case_events TO roadwitness_auditor;
GRANT SELECT ON {db}.review_terms TO roadwitness_auditor;
GRANT SELECT ON {db}.refused_decisions TO roadwitness_auditor;
GRANT SELECT(occurred_at, case_id, status, officer, reviewers, decided_at, recorded_at, precedence, seeded) ON {db}.cases
    TO roadwitness_auditor;
GRANT SELECT ON {db}.v_reviewers_daily TO roadwitness_auditor;
GRANT SELECT ON {db}.evidence_index TO roadwitness_auditor;
GRANT SELECT ON {db}.evidence_gaps TO roadwitness_auditor;
GRANT SELECT ON {db}.v_evidence_gaps TO roadwitness_auditor;
GRANT SELECT ON {db}.v_evidence_states TO roadwitness_auditor;
GRANT SELECT ON {db}.findings TO roadwitness_auditor;
GRANT SELECT ON {db}.v_findings TO roadwitness_auditor;
GRANT SELECT ON {db}.v_suppressed TO roadwitness_auditor;
GRANT SELECT ON {db}.tombstones TO roadwitness_auditor;
GRANT SELECT ON {db}.policies TO roadwitness_auditor;
GRANT SELECT ON {db}.calibrations TO roadwitness_auditor;
GRANT SELECT ON {db}.cameras TO roadwitness_auditor;
GRANT SELECT ON {db}.v_cameras TO roadwitness_auditor;
GRANT SELECT ON {db}.schema_migrations TO roadwitness_auditor;

-- The pages on which officers review: everything about cases, and the trails that they leave.
GRANT SELECT ON {db}.* TO roadwitness_reviewer;
GRANT INSERT ON {db}.audit TO roadwitness_reviewer;
GRANT INSERT ON {db}.audit_heads TO roadwitness_reviewer;
GRANT INSERT ON {db}.suspensions TO roadwitness_reviewer;
GRANT INSERT ON {db}.exemptions TO roadwitness_reviewer;
GRANT INSERT ON {db}.case_marks TO roadwitness_reviewer;

-- The worker: writes what it judged, imports registers, and brings the tables up to date.
GRANT SELECT, INSERT, ALTER, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON {db}.*
    TO roadwitness_worker;
GRANT CREATE DATABASE ON {db}.* TO roadwitness_worker;
GRANT CLUSTER ON *.* TO roadwitness_worker;

-- Clients may change harmless settings of a query (2), never write, and not ask without end.
CREATE SETTINGS PROFILE OR REPLACE roadwitness_reading SETTINGS
    readonly = 2 READONLY,
    max_execution_time = 60 MAX 300,
    max_memory_usage = 4000000000 MAX 8000000000,
    max_result_bytes = 2000000000 MAX 8000000000
    TO roadwitness_analyst, roadwitness_supervisor, roadwitness_auditor;
CREATE QUOTA OR REPLACE roadwitness_asking KEYED BY user_name
    FOR INTERVAL 1 hour MAX queries = 10000, execution_time = 3600, errors = 1000
    TO roadwitness_analyst, roadwitness_supervisor, roadwitness_auditor;
