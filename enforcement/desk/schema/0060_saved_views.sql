-- Views of the queue that officers keep under a name: an address of the queue's filters, nothing of any case.
CREATE TABLE saved_views
(
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;
