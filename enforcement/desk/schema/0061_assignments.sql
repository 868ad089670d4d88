-- Which officer a supervisor wants a case decided by. Nobody holds a case by this: for that there are leases.
CREATE TABLE assignments
(
    case_id TEXT NOT NULL PRIMARY KEY,
    officer TEXT NOT NULL,
    assigned_by TEXT NOT NULL,
    at_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX assignments_of ON assignments (officer, at_ns);
