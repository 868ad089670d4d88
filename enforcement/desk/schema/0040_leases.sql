-- Who has which case before them, and until when; what has run out counts for nothing and is removed in passing.
CREATE TABLE leases (
    case_id TEXT PRIMARY KEY,
    officer TEXT NOT NULL,
    until_ns INTEGER NOT NULL,
    -- The officer has answered, and the answer is not applied yet: nobody is given the case meanwhile.
    is_answered INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX leases_by_end ON leases (until_ns);
