"""Numbered SQL migrations: applied in order, once, and never changed afterwards."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from enforcement.clustering import for_cluster
from enforcement.errors import MigrationFailed, QueryFailed

if TYPE_CHECKING:
    from enforcement.store import Store

#: Pauses before a refused statement is tried again: another process may be at the same one.
_PAUSES_S = (0.1, 0.3, 1.0)
_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations
(
    name String COMMENT 'File name of the migration',
    checksum FixedString(64) COMMENT 'SHA-256 of the file, hexadecimal',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was applied'
)
ENGINE = ReplacingMergeTree ORDER BY name
COMMENT 'Which migrations have run; one row each'
"""


@dataclass(frozen=True)
class Migration:
    """One file of ``enforcement/migrations``: its name, its text and the SHA-256 of the text."""

    name: str
    sql: str
    checksum: str

    def statements(self) -> list[str]:
        """The statements of the file, in its order."""
        return split_statements(self.sql)


def split_statements(sql: str) -> list[str]:
    """The statements of a file, each of which ends with a semicolon at the end of a line."""
    return [part.strip() for part in re.split(r";[ \t]*(?:\n|$)", sql) if _has_sql(part)]


def load_migrations() -> list[Migration]:
    """The migrations shipped with this version, in the order of their numbers."""
    found = []
    for file in files("enforcement").joinpath("migrations").iterdir():
        if _NAME.fullmatch(file.name):
            text = file.read_text(encoding="utf-8")
            found.append(Migration(file.name, text, hashlib.sha256(text.encode()).hexdigest()))
    return sorted(found, key=lambda migration: migration.name)


def apply_migrations(store: Store, migrations: list[Migration] | None = None) -> list[str]:
    """Apply what has not been applied yet; returns the names that this call applied.

    Every statement can be repeated without harm (IF NOT EXISTS, OR REPLACE, rows that replace themselves), so
    that a process killed between a statement and its record in the ledger leaves nothing to mend. Of several
    that start at once each looks into the ledger before a migration, and again when a statement is refused:
    what another one has done by then is done.

    Raises:
        MigrationFailed: when a file was changed after it ran, the store is newer than this version, or a
            statement is refused.
    """
    migrations = load_migrations() if migrations is None else migrations
    try:
        done = _done(store)
    except QueryFailed:  # a user who may only read needs no more than to see that all is done
        _run(store, _LEDGER)
        done = _done(store)
    _check_known(done, migrations)
    return [migration.name for migration in migrations if _apply(store, migration)]


def _check_known(done: dict[str, str], migrations: list[Migration]) -> None:
    unknown = sorted(set(done) - {migration.name for migration in migrations})
    if unknown:
        raise MigrationFailed(
            f"the store has the migration {unknown[-1]}, unknown to this version; use a newer roadwitness."
        )
    for migration in migrations:
        if done.get(migration.name, migration.checksum) != migration.checksum:
            raise MigrationFailed(
                f"the migration {migration.name} was changed after it ran on this store; restore the file "
                "and put the change into a new one."
            )


def _apply(store: Store, migration: Migration) -> bool:
    """Apply one migration, unless it has been; whether this call did."""
    if migration.name in _done(store):
        return False
    for number, statement in enumerate(migration.statements(), start=1):
        try:
            _run(store, statement)
        except QueryFailed as error:
            if migration.name in _done(store):
                return False
            raise MigrationFailed(f"statement {number} of {migration.name} was refused: {error}") from error
    store.insert("schema_migrations", ("name", "checksum"), [(migration.name, migration.checksum)])
    return True


def _run(store: Store, statement: str) -> None:
    text = for_cluster(statement, store.cluster)
    for pause_s in _PAUSES_S:
        try:
            return store.command(text)
        except QueryFailed:
            time.sleep(pause_s)
    store.command(text)


def _done(store: Store) -> dict[str, str]:
    return dict(store.query("SELECT name, toString(checksum) FROM schema_migrations FINAL"))


def _has_sql(part: str) -> bool:
    return any(line.strip() and not line.strip().startswith("--") for line in part.splitlines())
