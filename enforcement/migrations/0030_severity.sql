-- Officers take the gravest cases first, of whatever offence: how far each is beyond the allowed value, in a measure
-- that all offences share (enforcement/severity.py). It is a function of what the case says already.
ALTER TABLE cases
    ADD COLUMN IF NOT EXISTS severity Float32 MATERIALIZED
        multiIf(unit = '', 0.5, abs(enforced - allowed) / multiIf(allowed > 0, allowed, unit = 'km/h', 10.0, unit = 's', 1.0, unit = 'm', 10.0, 1.0))
        COMMENT 'By what part of the allowed value the case is beyond it; 0.5 where nothing is measured';

ALTER TABLE cases MATERIALIZE COLUMN severity;
