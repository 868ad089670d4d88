-- Answers that officers have sent: what became of each, until its officer was told. The row goes when they have seen it.
CREATE TABLE sent_answers (
    decision_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    officer TEXT NOT NULL,
    outcome TEXT NOT NULL,
    -- By which the officer knows the case; goes with the row.
    plate TEXT NOT NULL,
    sent_at_ns INTEGER NOT NULL,
    -- done, refused, or nothing while the worker has not applied it.
    became TEXT NOT NULL DEFAULT '' CHECK (became IN ('', 'done', 'refused')),
    said TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_answers_of ON sent_answers (officer, sent_at_ns);
CREATE INDEX sent_answers_waiting ON sent_answers (sent_at_ns) WHERE became = '';
