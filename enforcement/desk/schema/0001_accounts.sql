-- Who may sign in. An account is never removed, since decisions and the audit name it; it is locked instead.
CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    -- The name as it is compared when somebody signs in: normalised, without case.
    typed_as TEXT NOT NULL UNIQUE,
    shown_as TEXT NOT NULL,
    -- The provider that answers for this account and what it calls it; empty where the password is ours.
    issuer TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    -- Argon2id with its salt and cost; empty where nobody can sign in with a password.
    password TEXT NOT NULL DEFAULT '',
    must_change_password INTEGER NOT NULL DEFAULT 0,
    -- The secret of the second factor, encrypted under the desk's key; null where none is set up.
    second_factor BLOB,
    -- The newest time step whose code was used, so that none is used twice.
    last_step INTEGER NOT NULL DEFAULT 0,
    is_locked INTEGER NOT NULL DEFAULT 0,
    made_at_ns INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_by_subject ON accounts (issuer, subject) WHERE issuer <> '';
CREATE TABLE account_roles (
    name TEXT NOT NULL REFERENCES accounts (name),
    role TEXT NOT NULL,
    PRIMARY KEY (name, role)
) STRICT, WITHOUT ROWID;
-- Each works once in place of a code.
CREATE TABLE recovery_codes (
    name TEXT NOT NULL REFERENCES accounts (name),
    code_sha256 BLOB NOT NULL,
    PRIMARY KEY (name, code_sha256)
) STRICT, WITHOUT ROWID;
-- A token is only in the browser that holds it; here lies what recognises it.
CREATE TABLE sessions (
    token_sha256 BLOB PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL REFERENCES accounts (name),
    is_proven INTEGER NOT NULL,
    client TEXT NOT NULL,
    began_at_ns INTEGER NOT NULL,
    seen_at_ns INTEGER NOT NULL,
    ends_at_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_name ON sessions (name);
-- An address that signs its owner in once.
CREATE TABLE sign_in_links (
    token_sha256 BLOB PRIMARY KEY,
    name TEXT NOT NULL REFERENCES accounts (name),
    ends_at_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Failed attempts by what was typed, which may be no account's name.
CREATE TABLE failed_sign_ins (
    typed_sha256 BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
