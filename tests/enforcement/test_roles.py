"""Roles see what they need and nothing else: asked of the engine itself, under the very statements."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enforcement.clustering import Cluster, for_cluster
from enforcement.errors import RoleError
from enforcement.migrating import load_migrations
from enforcement.roles import OF_A_SITE, OF_NO_SITE, ROLES, make_roles, role_statements
from enforcement.store import Store
from tests.enforcement.restricted_engine import answers_as

CASE = "1018c4af-7e0f-5f0b-aa44-2c506630a05f"
_FILL = """
import sys; from pathlib import Path; from enforcement.store import Store
store = Store.embedded(Path(sys.argv[1]), "traffic"); store.migrate()
for site, case in (("north", sys.argv[2]), ("south", sys.argv[2].replace("1018", "2018"))):
    store.insert("passages", ("passage_id", "camera_id", "site_id", "vehicle", "occurred_at"), [(site, site, site, "car", 1777881600000)])
    store.insert("violations", ("violation_id", "passage_id", "camera_id", "site_id", "occurred_at", "offence", "plate", "keeper"), [(case, site, site, site, 1777881600 * 10**9, "speeding", "AB1", "Ada")])
    store.insert("findings", ("finding_id", "camera_id", "site_id", "occurred_at", "offence", "became"), [(case, site, site, 1777881600000, "speeding", "case")])
    store.insert("heartbeats", ("camera_id", "site_id", "sent_at"), [(site, site, 1777881600000)])
    store.insert("cameras", ("camera_id", "site_id"), [(site, site)])
    store.insert("case_events", ("case_id", "event_id", "sequence", "kind", "at", "officer"), [(case, "o", 0, "opened", 1, ""), (case, "d", 3, "confirmed", 2, "ada")])
store.insert("keepers", ("plate", "keeper_id", "keeper_name"), [("AB1", "k", "Ada")])
store.insert("access_log", ("officer", "action"), [("ada", "unsealed")])
store.close()
"""  # noqa: E501
#: What each role asks that it must be told, and what it must be refused.
ALLOWED = {
    "analyst": [
        "SELECT count() FROM v_passages",
        "SELECT sum(passages) FROM v_traffic_hourly",
        "SELECT count() FROM v_speeds_hourly",
        "SELECT count() FROM v_speed_bins_hourly",
        "SELECT count() FROM v_voids_hourly",
        "SELECT sum(found) FROM v_offences_hourly",
        "SELECT count() FROM v_findings",
        "SELECT sum(violations) FROM v_reader_hourly",
        "SELECT count() FROM v_cameras",
        "SELECT count() FROM v_camera_health",
        "SELECT count() FROM v_camera_health_hourly",
        "SELECT count() FROM v_camera_drift",
        "SELECT count() FROM v_health_events",
        "SELECT count() FROM v_evidence_gaps",
        "SELECT status, count() FROM v_violations GROUP BY status",
        "SELECT violation_id, occurred_at, camera_id, offence, vehicle, status FROM v_violations",
        "SELECT kind, reason_code, count() FROM v_case_events GROUP BY ALL",
        "SELECT table, sum(rows) FROM system.parts GROUP BY table",
        "SET max_execution_time = 5",
    ],
    "supervisor": ["SELECT officer, decided FROM v_reviewers_daily"],
    "auditor": [
        "SELECT officer, action FROM access_log",
        "SELECT count() FROM audit",
        "SELECT at, cases, found FROM register_lookups",
        "SELECT at, plates FROM register_imports",
        "SELECT officer, kind FROM v_case_events",
        "SELECT officer, decided FROM v_reviewers_daily",
        "SELECT count() FROM policies",
        "SELECT count() FROM v_findings",
        "SELECT count() FROM v_cameras",
    ],
    "reviewer": [
        "SELECT plate FROM v_violations",
        "SELECT passage, keeper FROM v_cases",
        "SELECT count() FROM v_evidence",
        "INSERT INTO exemptions (plates) VALUES (['X1'])",
    ],
    "worker": [
        "INSERT INTO heartbeats (camera_id) VALUES ('x')",
        "CREATE TABLE keepers_import_1 AS keepers ENGINE = ReplacingMergeTree ORDER BY plate",
        "INSERT INTO keepers_import_1 (plate, keeper_id) VALUES ('X1', 'k')",
        "ALTER TABLE keepers REPLACE PARTITION tuple() FROM keepers_import_1",
        "DROP TABLE keepers_import_1",
        "ALTER TABLE passages MODIFY TTL toDateTime(recorded_at) + toIntervalDay(700)",
    ],
}
_WRITING = [
    "INSERT INTO passages (passage_id) VALUES ('x')",
    "ALTER TABLE passages DELETE WHERE 1",
    "DROP TABLE passages",
    "CREATE TABLE own (a Int8) ENGINE = Memory",
]
_OUTSIDE = [
    "SELECT * FROM file('/etc/hostname', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
]
REFUSED = {
    "analyst": [
        "SELECT * FROM keepers",
        "SELECT keeper_name FROM keepers",
        "SELECT plate FROM violations",
        "SELECT count() FROM violations",
        "SELECT plate FROM cases",
        "SELECT keeper_id FROM v_violations",
        "SELECT plates FROM case_candidates",
        "SELECT plate FROM v_violations",
        "SELECT count() FROM v_violations WHERE plate = 'AB1'",
        "SELECT * FROM v_violations",
        "SELECT * FROM v_cases",
        "SELECT officer FROM case_events",
        "SELECT officer FROM v_case_events",
        "SELECT note FROM v_case_events",
        "SELECT * FROM v_reviewers_daily",
        "SELECT * FROM evidence_index",
        "SELECT * FROM access_log",
        "SELECT * FROM audit",
        *_WRITING,
        *_OUTSIDE,
    ],
    "supervisor": ["SELECT * FROM keepers", "SELECT plate FROM v_violations", *_WRITING],
    "auditor": [
        "SELECT * FROM keepers",
        "SELECT plate FROM v_violations",
        "SELECT plate FROM violations",
        "SELECT * FROM v_cases",
        "SELECT * FROM case_candidates",
        "INSERT INTO audit (sequence) VALUES (1)",
        "ALTER TABLE audit DELETE WHERE 1",
        *_WRITING,
        *_OUTSIDE,
    ],
    "reviewer": ["ALTER TABLE access_log DELETE WHERE 1", *_WRITING, *_OUTSIDE],
    "worker": _OUTSIDE,
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two sites that no process has open."""
    folder = tmp_path_factory.mktemp("roles") / "store"
    subprocess.run([sys.executable, "-c", _FILL, str(folder), CASE], check=True, timeout=120)
    return folder


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_told_what_it_needs_and_refused_the_rest(filled: Path, role: str) -> None:
    queries = [*REFUSED[role], *ALLOWED[role]]
    answers = dict(zip(queries, answers_as(filled, [role], queries), strict=True))
    assert [query for query in REFUSED[role] if "ACCESS_DENIED" not in str(answers[query])] == []
    assert {query: answers[query] for query in ALLOWED[role] if isinstance(answers[query], str)} == {}


def test_the_worker_may_run_every_migration(tmp_path: Path) -> None:
    statements = [statement for migration in load_migrations() for statement in migration.statements()]
    answers = answers_as(tmp_path / "store", ["worker"], statements)
    assert [answer for answer in answers if isinstance(answer, str)] == []


def test_who_is_bound_to_sites_sees_their_rows_alone(filled: Path) -> None:
    queries = {
        "SELECT DISTINCT site_id FROM v_passages": [["north"]],
        "SELECT site_id, passages FROM v_traffic_hourly": [["north", 1]],
        "SELECT site_id, cases FROM v_offences_hourly": [["north", 1]],
        "SELECT site_id FROM v_findings": [["north"]],
        "SELECT site_id FROM v_camera_health": [["north"]],
        "SELECT site_id FROM v_cameras": [["north"]],
        "SELECT camera_id, status FROM v_violations": [["north", "open"]],
        "SELECT count() FROM v_case_events": [[0]],
    }
    bound = answers_as(
        filled, ["analyst", "sites_n"], list(queries), {"n": ["north"], "s": ["south", "east"]}
    )
    assert dict(zip(queries, bound, strict=True)) == queries
    everybody = answers_as(filled, ["analyst"], list(queries), {"n": ["north"]})
    assert {site for [site] in everybody[0]} >= {"north", "south"}


def test_row_policies_know_every_table(store: Store) -> None:
    columns = (
        "SELECT table FROM system.columns WHERE database = {db:String} AND name = 'site_id' AND table IN"
    )
    tables = "(SELECT name FROM system.tables WHERE database = {db:String} AND engine LIKE '%MergeTree')"
    of_a_site = store.query(f"{columns} {tables}", {"db": store.database})
    assert {name for (name,) in of_a_site} == set(OF_A_SITE)
    every = {
        name
        for (name,) in store.query(
            f"SELECT arrayJoin(groupArray(name)) FROM {tables}", {"db": store.database}
        )
    }
    # Of places and laws, not of people.
    assert every - set(OF_A_SITE) - set(OF_NO_SITE) == {
        "calibrations",
        "erasing_periods",
        "known_cases",
        "passage_hours_touched",
        "policies",
        "register_imports",
        "schema_migrations",
        "speed_days_touched",
        "suspensions",
    }


def test_every_grant_names_what_there_is(store: Store) -> None:
    columns: dict[str, set[str]] = {}
    for table, name in store.query(
        "SELECT table, name FROM system.columns WHERE database = {db:String}", {"db": store.database}
    ):
        columns.setdefault(table, set()).add(name)
    for statement in role_statements("here"):
        for named, table in re.findall(r"SELECT(?:\(([^)]*)\))? ON here\.(\w+)", statement):
            assert table in columns
            assert {name.strip() for name in named.split(",") if name} <= columns[table]


def test_every_statement_is_sql_also_for_a_cluster(embedded: Store) -> None:
    statements = role_statements("here", {"north": ["it's", "b"]}, {"ana": ["analyst", "sites_north"]})
    for statement in statements:
        [(alone,)] = embedded.query("SELECT formatQuery({sql:String})", {"sql": statement})
        [(text,)] = embedded.query(
            "SELECT formatQuery({sql:String})", {"sql": for_cluster(statement, Cluster("centre"))}
        )
        assert "ON CLUSTER centre" in text
        assert text.replace(" ON CLUSTER centre", "") == alone
    assert statements[-1] == "GRANT roadwitness_analyst, roadwitness_sites_north TO ana"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("d; DROP", {}, {}), "is no name"),
        (("d", {"a b": ["x"]}, {}), "'a b' is no name"),
        (("d", {}, {"x'y": ["analyst"]}), "is no name"),
        (("d", {}, {"ana": ["boss"]}), "no role 'boss'; choose one of analyst"),
    ],
)
def test_what_is_no_name_or_no_role_is_refused(arguments: tuple[Any, Any, Any], says: str) -> None:
    with pytest.raises(RoleError, match=says):
        role_statements(*arguments)


def test_a_reader_needs_no_right_to_migrate_what_is_migrated(filled: Path) -> None:
    names = [migration.name for migration in load_migrations()]
    [answer] = answers_as(filled, ["reviewer"], ["SELECT name FROM schema_migrations FINAL ORDER BY name"])
    assert answer == [[name] for name in names]


def test_roles_on_a_real_server() -> None:
    url = os.environ.get("ROADWITNESS_TEST_CLICKHOUSE")
    if not url:
        pytest.skip("optional: ROADWITNESS_TEST_CLICKHOUSE names no ClickHouse server")
    store = Store.server(url)
    store.migrate()
    statements = role_statements(store.database, {"north": ["north"]})
    make_roles(store, statements)
    make_roles(store, statements)
    names = {name for (name,) in store.query("SELECT name FROM system.roles")}
    assert {f"roadwitness_{role}" for role in (*ROLES, "sites_north")} <= names
    store.close()
