-- Why are cases rejected, by camera and offence?
--
-- Parameters
--   camera = ''              one camera; '' for all
--   offence = ''             one offence; '' for all
--   since = now - 28 days    decisions from this moment on
--   until = now              before this moment
--
-- Columns
--   camera_id      camera
--   offence        the rule that was broken
--   reason_code    why the officer rejected
--   rejected       cases rejected for this reason
--   decided        all cases of this camera and offence that were decided
--   share          part of these, 0 to 1
SELECT camera_id, offence, reason_code, rejected, decided, round(rejected / decided, 4) AS share
FROM
(
    SELECT
        camera_id,
        offence,
        reason_code,
        count() AS rejected,
        sum(count()) OVER (PARTITION BY camera_id, offence) AS decided
    FROM v_decisions
    WHERE decided_at >= {since:DateTime('UTC')} AND decided_at < {until:DateTime('UTC')}
        AND ({camera:String} = '' OR camera_id = {camera:String})
        AND ({offence:String} = '' OR offence = {offence:String})
    GROUP BY camera_id, offence, reason_code
)
WHERE reason_code IS NOT NULL
ORDER BY camera_id, offence, rejected DESC, reason_code
