"""Numbered SQL migrations: applied in order, once, and never changed afterwards."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from enforcement.errors import MigrationFailed, QueryFailed

if TYPE_CHECKING:
    from enforcement.store import Store

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
        """The statements, which end with a semicolon at the end of a line."""
        return [part.strip() for part in re.split(r";[ \t]*(?:\n|$)", self.sql) if _has_sql(part)]


def load_migrations() -> list[Migration]:
    """The migrations shipped with this version, in the order of their numbers."""
    found = []
    for file in files("enforcement").joinpath("migrations").iterdir():
        if _NAME.fullmatch(file.name):
            text = file.read_text(encoding="utf-8")
            found.append(Migration(file.name, text, hashlib.sha256(text.encode()).hexdigest()))
    return sorted(found, key=lambda migration: migration.name)


def apply_migrations(store: Store, migrations: list[Migration] | None = None) -> list[str]:
    """Apply what has not been applied yet; returns the names applied now.

    Every statement can be repeated without harm (IF NOT EXISTS, OR REPLACE), so that a process killed
    between a statement and its record in the ledger, or two that start at once, end in the same state.

    Raises:
        MigrationFailed: when a file was changed after it ran, the store is newer than this version, or a
            statement is refused.
    """
    store.command(_LEDGER)
    migrations = load_migrations() if migrations is None else migrations
    done = dict(store.query("SELECT name, toString(checksum) FROM schema_migrations FINAL"))
    unknown = sorted(set(done) - {migration.name for migration in migrations})
    if unknown:
        raise MigrationFailed(
            f"the store has the migration {unknown[-1]}, unknown to this version; use a newer roadwitness."
        )
    applied = []
    for migration in migrations:
        if migration.name not in done:
            _apply(store, migration)
            applied.append(migration.name)
        elif done[migration.name] != migration.checksum:
            raise MigrationFailed(
                f"the migration {migration.name} was changed after it ran on this store; restore the file "
                "and put the change into a new one."
            )
    return applied


def _apply(store: Store, migration: Migration) -> None:
    for number, statement in enumerate(migration.statements(), start=1):
        try:
            store.command(statement)
        except QueryFailed as error:
            raise MigrationFailed(f"statement {number} of {migration.name} was refused: {error}") from error
    store.insert("schema_migrations", ("name", "checksum"), [(migration.name, migration.checksum)])


def _has_sql(part: str) -> bool:
    return any(line.strip() and not line.strip().startswith("--") for line in part.splitlines())
