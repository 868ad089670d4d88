-- Why are cases rejected, by camera and offence?
--
-- Parameters
--   camera = ''              one camera; '' for all
--   offence = ''             one offence; '' for all
--   since = now - 28 days    offences from this moment on
--   until = now              before this moment
--
-- Columns
--   camera_id      camera
--   offence        the rule that was broken
--   reason_code    why the officer rejected
--   rejected       cases rejected for this reason
--   decided        all cases of this camera and offence that were decided
--   share          part of these, 0 to 1
SELECT
    camera_id,
    offence,
    reason_code,
    count() AS rejected,
    any(all_decided) AS decided,
    round(rejected / decided, 4) AS share
FROM
(
    SELECT
        violation.camera_id AS camera_id,
        violation.offence AS offence,
        event.kind AS kind,
        event.reason_code AS reason_code,
        count() OVER (PARTITION BY violation.camera_id, violation.offence) AS all_decided
    FROM v_violations AS violation
    INNER JOIN v_case_events AS event ON event.case_id = violation.violation_id
    WHERE violation.occurred_at >= {since:DateTime('UTC')} AND violation.occurred_at < {until:DateTime('UTC')}
        AND ({camera:String} = '' OR violation.camera_id = {camera:String})
        AND ({offence:String} = '' OR violation.offence = {offence:String})
        AND event.kind IN ('confirmed', 'rejected')
)
WHERE kind = 'rejected'
GROUP BY camera_id, offence, reason_code
ORDER BY camera_id, offence, rejected DESC, reason_code
