-- Letters to keepers, and what they answered. A code is kept as a hash only; what is personal goes with the case.
CREATE TABLE nominations (
    number TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    language TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    issued_at_ns INTEGER NOT NULL,
    expires_at_ns INTEGER NOT NULL,
    salt BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    tries_left INTEGER NOT NULL,
    answered_at_ns INTEGER,
    kind TEXT,
    name TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    licence TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL DEFAULT '',
    told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX nominations_of_case ON nominations (case_id);
CREATE TABLE nomination_visits (
    token_hash BLOB PRIMARY KEY,
    number TEXT NOT NULL REFERENCES nominations (number) ON DELETE CASCADE,
    expires_at_ns INTEGER NOT NULL
) STRICT;
