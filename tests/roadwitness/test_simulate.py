"""``simulate``: a site that the other commands take as it is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from roadwitness.simulator import load_truth
from roadwitness.site import load_site
from tests.roadwitness.command import Finished, one_sentence, roadwitness, succeed

OPTIONS = ("--seed=4", "--vehicles=2", "--seconds=6", "--width=320", "--height=180", "--fps=5")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished]:
    folder = tmp_path_factory.mktemp("simulate") / "new" / "site"
    return folder, succeed("simulate", folder, *OPTIONS)


def test_writes_what_was_asked_for(out: tuple[Path, Finished]) -> None:
    folder, done = out
    truth = load_truth(folder / "truth.json")
    assert (truth.seed, truth.fps, truth.width, truth.height, truth.frames) == (4, 5, 320, 180, 30)
    assert len(truth.vehicles) == 2
    assert done.stdout == b""
    assert f"Try: roadwitness run {folder}/site.toml\n" in done.stderr, "a path is not wrapped"


def test_writes_files_that_fit_together(out: tuple[Path, Finished]) -> None:
    folder, _ = out
    site = load_site(folder / "site.toml")
    assert site.source == str(folder / "clip.mp4")
    assert site.resolve(site.file.policy) == folder / "policy.toml"
    register = site.resolve(site.file.register)
    assert register == folder / "register.csv"
    with register.open(newline="", encoding="utf-8") as file:
        keepers = {row["plate"]: row["keeper_id"] for row in csv.DictReader(file)}
    for vehicle in load_truth(folder / "truth.json").vehicles:
        assert keepers[vehicle.plate] == vehicle.keeper_id


def test_another_seed_is_another_scene(out: tuple[Path, Finished], tmp_path: Path) -> None:
    succeed("simulate", tmp_path / "same", *OPTIONS)
    succeed("simulate", tmp_path / "other", *OPTIONS, "--seed=5")
    same, other = load_truth(tmp_path / "same" / "truth.json"), load_truth(tmp_path / "other" / "truth.json")
    assert same == load_truth(out[0] / "truth.json")
    assert {v.plate for v in other.vehicles} != {v.plate for v in same.vehicles}


def test_lists_what_can_be_named() -> None:
    listed = succeed("simulate", "--list").stdout.decode()
    for name in ("junction", "section", "rainy-night", "turned", "fast-rate"):
        assert f"\n  {name} " in listed + " " or f"\n  {name}\n" in listed


def test_a_section_is_two_sites_with_one_policy(tmp_path: Path) -> None:
    folder = tmp_path / "section"
    done = succeed(
        "simulate", folder, "--scene=section", "--seconds=12", "--width=320", "--height=180", "--fps=5"
    )
    for end in ("entry", "exit"):
        site = load_site(folder / end / "site.toml")
        assert site.resolve(site.file.policy) is not None
        assert load_truth(folder / end / "truth.json").scene == "section"
        assert f"roadwitness run {folder}/{end}/site.toml\n" in done.stderr
    assert (folder / "policy.toml").is_file()
    assert (folder / "register.csv").is_file()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--scene=moon",), "There is no scene moon: choose from straight"),
        (("--scene=lanes", "--weather=hail"), "There is no weather hail"),
    ],
)
def test_what_is_not_there_is_refused(options: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    assert sentence in one_sentence(roadwitness("simulate", tmp_path / "out", *options))
    assert not (tmp_path / "out").exists()
