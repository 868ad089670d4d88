"""Roles of a ClickHouse server: who may read which tables, and the rows of which sites.

The statements are in ``roles.sql``; each may be repeated. What a role may *not* see is not written there:
on a server, what nobody granted is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

from enforcement.clustering import for_cluster
from enforcement.engine import quote
from enforcement.errors import RoleError
from enforcement.migrating import split_statements
from enforcement.store import Store

#: Every role, without the prefix ``roadwitness_`` that it has on the server.
ROLES = ("analyst", "supervisor", "auditor", "reviewer", "worker")
#: Tables that say of each row which site it is of.
OF_A_SITE = (
    "cameras",
    "case_sources",
    "cases",
    "exempted_findings",
    "finding_hours",
    "findings",
    "heartbeat_hours",
    "heartbeats",
    "newest_heartbeats",
    "open_case_lines",
    "open_cases",
    "passage_hours",
    "passages",
    "reader_hours",
    "speed_days",
    "tombstones",
    "violations",
)
#: Tables that do not, and whose rows are about people: who is bound to sites sees nothing of them.
OF_NO_SITE = (
    "access_log",
    "audit",
    "audit_heads",
    "case_candidates",
    "case_events",
    "case_marks",
    "evidence_gaps",
    "evidence_index",
    "exemptions",
    "keepers",
    "receipts",
    "refused_decisions",
    "register_lookups",
    "review_terms",
    "seeded_cases",
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def role_statements(
    database: str,
    sites: Mapping[str, Sequence[str]] | None = None,
    users: Mapping[str, Sequence[str]] | None = None,
) -> list[str]:
    """The statements that make the roles of a database.

    Args:
        database: whose tables the roles are about.
        sites: site ids by the name of a group. Who has the role ``sites_NAME`` beside another one sees only
            rows of these sites, and nothing of tables about people that do not say of which site a row is.
            All groups have to be named each time.
        users: roles by the name of an existing user who gets them.

    Raises:
        RoleError: for what is no name, or no role.
    """
    groups, granted = sites or {}, users or {}
    known = [*ROLES, *map(_group, groups)]
    _check([database, *groups, *granted], [role for roles in granted.values() for role in roles], known)
    text = files("enforcement").joinpath("roles.sql").read_text(encoding="utf-8")
    statements = [each.replace("{db}", database) for each in split_statements(text)]
    statements += [f"CREATE ROLE IF NOT EXISTS {_role(_group(group))}" for group in groups]
    if groups:
        for table in OF_A_SITE:
            statements += _policies(f"{database}.{table}", groups, by_site=True)
        for table in OF_NO_SITE:
            statements += _policies(f"{database}.{table}", groups, by_site=False)
    for user, roles in granted.items():
        statements.append(f"GRANT {', '.join(map(_role, roles))} TO {user}")
    return statements


def make_roles(store: Store, statements: Sequence[str]) -> None:
    """Run the statements on a server, as a user who may manage access.

    Raises:
        QueryFailed: with ClickHouse's message, for instance that this user may not.
    """
    for statement in statements:
        store.command(for_cluster(statement, store.cluster))


def _policies(table: str, groups: Mapping[str, Sequence[str]], *, by_site: bool) -> list[str]:
    # With one policy on a table whoever has none may see nothing of it, so everybody else gets one too.
    bound = ", ".join(_role(_group(group)) for group in groups)
    policies = [
        f"CREATE ROW POLICY OR REPLACE roadwitness_everybody ON {table} USING 1 TO ALL EXCEPT {bound}"
    ]
    for group, sites in groups.items():
        shown = f"site_id IN ({', '.join(map(quote, sites))})" if by_site else "0"
        role = _role(_group(group))
        policies.append(f"CREATE ROW POLICY OR REPLACE {role} ON {table} USING {shown} TO {role}")
    return policies


def _check(names: Sequence[str], roles: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise RoleError(f"{name!r} is no name here; use letters, digits and underscores.")
    for role in roles:
        if role not in known:
            raise RoleError(f"there is no role '{role}'; choose one of {', '.join(known)}.")


def _group(group: str) -> str:
    return f"sites_{group}"


def _role(name: str) -> str:
    return f"roadwitness_{name}"
