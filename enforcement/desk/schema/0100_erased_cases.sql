-- Cases of which the desk has nothing any more, and whose erasing stands in the audit.
CREATE TABLE erased_cases (
    case_id TEXT PRIMARY KEY,
    finished_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_cases_by_time ON erased_cases (finished_ms);
