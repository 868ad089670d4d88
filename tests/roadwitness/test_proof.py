"""``roadwitness verify`` and ``roadwitness keys``, as an officer, a court or an administrator uses them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from enforcement.casefile.canonical_zip import unpack
from enforcement.casefile.manifest import PAPER
from enforcement.road import Line, Road
from enforcement.road_file import write_road
from streams.statement_chain import StatementChain
from tests.enforcement.casefile.conftest import Desk, desk
from tests.enforcement.samples import T0
from tests.roadwitness.command import roadwitness, sql

__all__ = ["desk"]


@pytest.fixture
def package(desk: Desk, tmp_path: Path) -> Path:
    path = tmp_path / "case.zip"
    path.write_bytes(desk.packed())
    return path


def test_a_package_that_holds_says_by_whom_and_when(package: Path) -> None:
    done = roadwitness("verify", package)
    assert done.code == 0
    text = done.stdout.decode()
    assert "case.zip: holds" in text
    assert "camera cam-1, statement 1, signed 2026-05-04 08:00:00 UTC" in text
    assert "compare" in done.stderr or "comparing the key ids" in done.stderr


def test_the_page_for_browsers_is_written(tmp_path: Path) -> None:
    assert roadwitness("verify", "--page", tmp_path / "verify.html").code == 0
    assert "Check a case package" in (tmp_path / "verify.html").read_text()


def test_nothing_to_check_is_wrong_use() -> None:
    done = roadwitness("verify")
    assert done.code == 2
    assert "name a package, or --page OUT.html" in " ".join(done.stderr.split())


def test_a_changed_package_fails_with_one_sentence(package: Path) -> None:
    content = bytearray(package.read_bytes())
    content[len(content) // 2] ^= 4
    package.write_bytes(content)
    done = roadwitness("verify", package)
    assert done.code == 1
    assert "case.zip: " in done.sentence


def test_keys_that_the_authority_does_not_know_are_refused(package: Path, tmp_path: Path) -> None:
    archive = tmp_path / "keys.json"
    made = roadwitness("keys", "create", tmp_path / "other.key", "--owner", "centre", "--archive", archive)
    assert made.code == 0
    done = roadwitness("verify", package, "--keys", archive)
    assert done.code == 1
    assert "which no archive knows" in done.sentence


def test_a_key_is_made_listed_replaced_and_revoked(tmp_path: Path) -> None:
    archive = ("--archive", tmp_path / "keys.json")
    for name in ("old", "new"):
        made = roadwitness("keys", "create", tmp_path / f"{name}.key", "--owner", "unit:north", *archive)
        assert made.code == 0
        assert (tmp_path / f"{name}.key").stat().st_mode & 0o077 == 0
    listed = roadwitness("keys", "list", *archive, env={"COLUMNS": "160"}).stdout.decode()
    ids = re.findall(r"[0-9a-f]{32}", listed)
    assert len(ids) == 2
    done = roadwitness("keys", "revoke", ids[1], "--reason", "the unit was stolen", *archive)
    assert done.code == 0
    listed = roadwitness("keys", "list", *archive, env={"COLUMNS": "160"}).stdout.decode()
    assert "the unit was stolen" in listed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("verify", "none.zip"), "none.zip: it cannot be read"),
        (("keys", "list", "--archive", "none.json"), "none.json cannot be read"),
        (
            ("keys", "create", "{tmp}/k", "--owner", "somebody", "--archive", "{tmp}/a"),
            "write centre, or unit:",
        ),
        (("keys", "revoke", "abc", "--reason", "x", "--archive", "none.json"), "none.json cannot be read"),
    ],
)
def test_wrong_use_is_said(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = roadwitness(*(word.replace("{tmp}", str(tmp_path)) for word in arguments))
    assert done.code == 1
    assert says in done.sentence


def test_a_case_is_packed_and_holds_with_the_keys_of_its_folder(copy_of_run: Path, tmp_path: Path) -> None:
    data = copy_of_run
    for name in ("one", "other"):
        case = sql(data, "SELECT violation_id FROM v_violations ORDER BY occurred_at")[name == "other"]
        packed = roadwitness(
            "package", case["violation_id"], "--out", tmp_path / f"{name}.zip", "--data", data
        )
        assert packed.code == 0, packed.stderr
    keys = data / "keys" / "public-keys.json"
    done = roadwitness("verify", tmp_path / "one.zip", tmp_path / "other.zip", "--keys", keys)
    assert done.code == 0, done.stderr
    text = done.stdout.decode()
    assert "statement 1, signed" in text
    assert "statement 2, signed" in text
    assert "missing" not in done.stderr
    unknown = roadwitness("package", "nonsense", "--out", tmp_path / "x.zip", "--data", data)
    assert "There is no case nonsense" in unknown.sentence


def test_the_paper_is_in_the_language_and_on_the_road_that_are_named(
    copy_of_run: Path, copy_of_site: Callable[..., Path], tmp_path: Path
) -> None:
    case_id = sql(copy_of_run, "SELECT violation_id FROM v_violations")[0]["violation_id"]
    site = copy_of_site("[policy]", '[road]\nfile = "drawn.geojson"\n\n[policy]')
    road = Road("own", (Line("kerb", "solid", ((-9.0, 0.0), (-9.0, 60.0))),))
    write_road(site.with_name("drawn.geojson"), road)
    out = tmp_path / "case.zip"
    asked = ("--language", "de", "--site", site)
    packed = roadwitness("package", case_id, "--out", out, "--data", copy_of_run, *asked)
    assert packed.code == 0, packed.stderr
    pages = PdfReader(io.BytesIO(unpack(out.read_bytes())[PAPER])).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for said in ("Fallakte", "Vermessung own."):
        assert said in text
    nowhere = roadwitness("package", case_id, "--out", tmp_path / "no" / "x.zip", "--data", copy_of_run)
    assert "x.zip cannot be written: name a file in a folder of yours" in nowhere.sentence


def test_a_second_key_never_overwrites_the_first(tmp_path: Path) -> None:
    arguments = ("keys", "create", tmp_path / "k", "--owner", "centre", "--archive", tmp_path / "a.json")
    assert roadwitness(*arguments).code == 0
    secret = (tmp_path / "k").read_bytes()
    done = roadwitness(*arguments)
    assert "holds a signing key already" in done.sentence
    assert (tmp_path / "k").read_bytes() == secret


def test_a_folder_of_packages_is_checked_with_its_gaps(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"{number}.zip").write_bytes(desk.packed(number))
    (folder / "2.zip").unlink()
    done = roadwitness("verify", folder)
    assert done.code == 0
    assert done.stdout.decode().count(": holds") == 2
    assert "Camera cam-1: the statement 2 is not among these packages." in " ".join(done.stderr.split())


def test_two_packages_that_contradict_each_other_fail(desk: Desk, tmp_path: Path) -> None:
    """The unit's key made two chains: one of them is forged, and nobody can tell which from one alone."""
    (tmp_path / "one.zip").write_bytes(desk.packed(1))
    desk.chain = StatementChain(tmp_path / "other.sqlite", desk.unit, "0.1.0", clock=lambda: T0)
    (tmp_path / "other.zip").write_bytes(desk.packed(2))
    done = roadwitness("verify", tmp_path)
    assert done.code == 1
    assert "two different statements number 1" in done.sentence


def test_a_folder_without_packages_is_said(tmp_path: Path) -> None:
    done = roadwitness("verify", tmp_path)
    assert done.code == 1
    assert "has no case package (*.zip) in it" in done.sentence
