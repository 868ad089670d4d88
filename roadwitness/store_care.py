"""Looking after the store: its tables, how long records are kept, who may see what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from rich.table import Table

from enforcement.clustering import cluster_of, for_cluster
from enforcement.erasing.periods import periods_of, set_periods
from enforcement.errors import RoleError
from enforcement.retention import apply_retention, load_retention, retention_of
from enforcement.roles import make_roles, role_statements
from enforcement.store import Store
from roadwitness.premises import open_store
from roadwitness.progress import results, say


def migrate(address: str) -> None:
    """Bring the tables up to date, and say what was done."""
    store = Store.server(address) if "://" in address else Store.embedded(Path(address))
    with closing(store):
        applied = store.migrate()
    say(f"{len(applied)} migrations applied{': ' + ', '.join(applied) if applied else ''}.")


def keep_for(address: str, file: Path | None) -> None:
    """Set how long records are kept, where a file says it, and print how long they are."""
    wanted = load_retention(file) if file is not None else None
    with closing(open_store(address)) as store:
        changed = apply_retention(store, wanted.keep_days) if wanted else []
        set_periods(store, wanted.erase_cases_after_days if wanted else {})
        kept, erased = retention_of(store), periods_of(store)
    table = Table("class", "table", "counts from", "days")
    for each in kept:
        days = "for ever" if each.days is None else f"{each.days:g}"
        table.add_row(each.record, each.table, each.column, days)
    for rule, period in erased.items():
        table.add_row("cases", "erased", rule, str(period))
    results.print(table)
    if file is not None:
        say(f"{len(changed)} tables changed{': ' + ', '.join(changed) if changed else ''}.")


def show_roles(
    address: str, sites: Mapping[str, Sequence[str]], users: Mapping[str, Sequence[str]], *, apply: bool
) -> None:
    """Print the statements that make the roles; with ``apply``, run them."""
    if "://" not in address:
        raise RoleError(
            "an embedded store has no users: whoever may read its folder may read all of it; name a server."
        )
    if not apply:
        parts = urlsplit(address)
        cluster = cluster_of(parts.query)
        for statement in role_statements(parts.path.strip("/") or "default", sites, users):
            print(f"{for_cluster(statement, cluster)};")
        return
    with closing(Store.server(address)) as store:
        statements = role_statements(store.database, sites, users)
        make_roles(store, statements)
    say(f"{len(statements)} statements about roles were run.")
