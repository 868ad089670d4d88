"""The store knows the cameras that its workers judge, by which law, and how well they are calibrated."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from enforcement.store import Store
from roadwitness.inventory import record_sites
from roadwitness.site import Site, load_site

SITE = Path(__file__).parents[2] / "examples" / "sites" / "gantry.toml"


def copied(folder: Path, *replacements: tuple[str, str]) -> Site:
    folder.mkdir()
    for file in SITE.parent.iterdir():
        if file.suffix == ".toml":
            text = file.read_text()
            for old, new in replacements:
                text = text.replace(old, new)
            (folder / file.name).write_text(text)
    return load_site(folder / SITE.name)


def test_a_camera_is_known_with_its_policy_and_calibration(store: Store) -> None:
    site = load_site(SITE)
    record_sites(store, [site])
    assert store.query(
        "SELECT camera_id, site_id, policy_id, calibration_id, speed_uncertainty_percent > 0 FROM v_cameras"
    ) == [("gantry-1", "gantry", "gantry-urban-2026", "gantry-dashes-1", 1)]
    [(text, points, residual_m)] = store.query(
        "SELECT text, points, residual_m FROM policies FINAL, calibrations FINAL"
    )
    policy = site.resolve(site.file.policy)
    assert policy is not None
    assert text == policy.read_text()
    assert points == 39
    assert 0 < residual_m < 1


def test_what_is_known_is_not_recorded_twice_and_a_change_is_another_row(
    store: Store, tmp_path: Path
) -> None:
    for _ in range(2):
        record_sites(store, [load_site(SITE)])
    assert counts(store) == (1, 1, 1)
    record_sites(store, [copied(tmp_path / "law", ("limit_kmh = 60", "limit_kmh = 30"))])
    assert counts(store) == (1, 1, 2), (
        "a policy that was changed under its old name is kept beside the old one"
    )
    record_sites(store, [copied(tmp_path / "survey", ("valid_until = 2027", "valid_until = 2028"))])
    assert counts(store) == (1, 2, 2)


def counts(store: Store) -> tuple[int, ...]:
    tables = ("cameras", "calibrations", "policies")
    return tuple(int(store.query(f"SELECT count() FROM {table} FINAL")[0][0]) for table in tables)


def test_a_calibration_that_fits_nothing_stops_no_worker(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = copied(tmp_path / "broken")
    assert site.file.calibration is not None
    few = msgspec.structs.replace(site.file.calibration, points=site.file.calibration.points[:3])
    broken = msgspec.structs.replace(site, file=msgspec.structs.replace(site.file, calibration=few))
    record_sites(store, [broken])
    assert "The calibration of gantry-1 is not recorded" in capsys.readouterr().err
    assert counts(store) == (1, 0, 1)
