-- Who did what to whose data, when and why: a chain of digests that only grows.
CREATE TABLE audit_entries (
    sequence INTEGER PRIMARY KEY,
    at_ns INTEGER NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reason TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entries_by_subject ON audit_entries (subject, sequence);
CREATE INDEX audit_entries_by_who ON audit_entries (who, sequence);
CREATE INDEX audit_entries_by_action ON audit_entries (action, sequence);
CREATE INDEX audit_entries_by_time ON audit_entries (at_ns);
CREATE TRIGGER audit_entries_are_not_changed BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'entries of the audit are not changed'); END;
CREATE TRIGGER audit_entries_are_not_removed BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'entries of the audit are not removed'); END;
-- Refuses what is out of its place, and with it INSERT OR REPLACE, which removes without asking the trigger above.
CREATE TRIGGER audit_entries_come_at_the_end BEFORE INSERT ON audit_entries
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit_entries)
BEGIN SELECT RAISE(ABORT, 'entries of the audit come at its end'); END;
-- How far the chain had come, signed with the centre's key: what is cut off below a head shows.
CREATE TABLE audit_heads (
    sequence INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    signed_at_ns INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_heads_are_not_changed BEFORE UPDATE ON audit_heads BEGIN SELECT RAISE(ABORT, 'heads of the audit are not changed'); END;
CREATE TRIGGER audit_heads_are_not_removed BEFORE DELETE ON audit_heads BEGIN SELECT RAISE(ABORT, 'heads of the audit are not removed'); END;
CREATE TRIGGER audit_heads_come_at_the_end BEFORE INSERT ON audit_heads
WHEN NEW.sequence <= (SELECT coalesce(max(sequence), 0) FROM audit_heads)
BEGIN SELECT RAISE(ABORT, 'heads of the audit come at its end'); END;
-- Up to where the mirror in the store has it.
CREATE TABLE audit_mirrored (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    sequence INTEGER NOT NULL
) STRICT;
