"""The registrar's page: imports and questions are there, plates and keepers are not."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest

from dashboards.rendering import home_of
from dashboards.sign_in.rights import Person, Role
from enforcement.register import import_register
from tests.dashboards.conftest import BackOffice
from tests.dashboards.on_the_record import entries


def test_a_registrar_begins_with_it_and_sees_what_was_imported_and_asked(
    empty_office: BackOffice, tmp_path: Path
) -> None:
    registrar = empty_office.officer("R. Egistrar", [Role.REGISTRAR])
    file = tmp_path / "keepers-may.csv"
    file.write_text("plate,keeper_id,keeper_name\nAB 123 CD,K-1,Invented Keeper\nAB 124 CD,K-2,Another\n")
    import_register(empty_office.store, file, replace=True)
    columns = ("lookup_id", "at", "register", "cases", "asked", "found", "outcome", "attempts", "took_ms")
    now_us = time.time_ns() // 1000
    days_us = 24 * 3600 * 10**6
    for at, asked, found, outcome in (
        (now_us, 8, 3, "answered"),
        (now_us - 29 * days_us, 2, 1, "answered"),
        (now_us - 31 * days_us, 90, 80, "answered"),
        (now_us, 5, 0, "away"),
    ):
        row = (uuid.uuid4(), at, "register.example", ["c"], asked, found, outcome, 1, 20)
        empty_office.store.insert("register_lookups", columns, [row])
    page = registrar.open("/register")
    assert "keepers-may.csv 2" in page
    assert "register.example Answered 2 10 4" in page
    assert "register.example Away 1 5 0" in page
    assert not [word for word in ("AB123CD", "AB 123 CD", "K-1", "Invented Keeper") if word in page]
    assert [each.who for each in entries(empty_office, action="looked")] == ["R. Egistrar"]
    assert home_of(Person("r", "R", frozenset({Role.REGISTRAR}))) == "/register"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REGISTRAR])
def test_nobody_else_may(empty_office: BackOffice, role: Role) -> None:
    assert empty_office.officer("B. Lund", [role]).client.get("/register").status_code == 403
