-- Which evidence is missing, and for how long?
--
-- Parameters
--   camera = ''         one camera; '' for all
--   older_than_s = 0    only what has been missing for longer than this, s
--
-- Columns
--   camera_id       camera
--   kind            what is missing: frame, plate, original and so on
--   pieces          how many of them
--   cases           of how many cases
--   open_cases      how many of these wait for an officer
--   since           since when the first of them is missing, UTC
SELECT
    violation.camera_id AS camera_id,
    gap.kind AS kind,
    count() AS pieces,
    uniqExact(gap.case_id) AS cases,
    uniqExactIf(gap.case_id, violation.status = 'open') AS open_cases,
    min(gap.since) AS since
FROM v_evidence_gaps AS gap
INNER JOIN v_violations AS violation ON violation.violation_id = gap.case_id
WHERE ({camera:String} = '' OR violation.camera_id = {camera:String})
    AND gap.since < now64(3) - toIntervalSecond({older_than_s:UInt32})
GROUP BY camera_id, kind
ORDER BY pieces DESC, camera_id, kind
