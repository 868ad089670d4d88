"""One small simulated site, rendered once, and one undisturbed run on it, to compare everything with."""

from __future__ import annotations

import csv
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from roadwitness.simulator import SceneSettings, SimulatedSite, Truth, load_truth, simulate
from tests.roadwitness.command import Finished, environment_settings, succeed
from tests.roadwitness.in_process import CommandLine

#: One lane, seen closely enough that every plate is legible: two speeders and one who is not.
SCENE = SceneSettings(
    seed=5,
    vehicles=3,
    speeders=2,
    duration_s=7.0,
    width=960,
    height=540,
    fps=20,
    lanes=1,
    focal_px=2050.0,
    camera_x_m=3.4,
)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSite:
    """The site. Its register knows the speeders and strangers, so that the plate of one who drove within the
    limit is in no file but the truth.
    """
    rendered = simulate(tmp_path_factory.mktemp("cli") / "site", SCENE)
    register = rendered.folder / "register.csv"
    innocent = {v.plate for v in load_truth(rendered.truth_file).vehicles if not v.speeding}
    with register.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    with register.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *(row for row in rows if row[0] not in innocent)])
    return rendered


@pytest.fixture(scope="session")
def truth(site: SimulatedSite) -> Truth:
    return load_truth(site.truth_file)


@pytest.fixture(scope="session")
def innocent(truth: Truth) -> str:
    """The plate of the one who drove within the limit."""
    (plate,) = (vehicle.plate for vehicle in truth.vehicles if not vehicle.speeding)
    return plate


@pytest.fixture(scope="session")
def finished_run(site: SimulatedSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that an undisturbed ``run`` left; only to be read."""
    data = tmp_path_factory.mktemp("undisturbed") / "data"
    succeed("run", site.site_file, "--no-serve", "--data", data)
    return data


@pytest.fixture
def copy_of_run(finished_run: Path, tmp_path: Path) -> Path:
    """A data folder of one's own, as an undisturbed run left it."""
    # ClickHouse's folder holds symbolic links.
    return Path(shutil.copytree(finished_run, tmp_path / "copied", symlinks=True))


@pytest.fixture(scope="session")
def drawn_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where ``watch_run`` puts the drawn clip."""
    return tmp_path_factory.mktemp("drawn") / "seen.mp4"


@pytest.fixture(scope="session")
def watch_run(site: SimulatedSite, drawn_clip: Path) -> Finished:
    """``watch`` with everything it can write."""
    return succeed("watch", site.clip, "--site", site.site_file, "--jsonl", "-", "--video", drawn_clip)


@pytest.fixture(scope="session")
def watched(watch_run: Finished) -> set[str | None]:
    """The plates that ``watch`` read: it knows no law, so it reads everybody's."""
    return {json.loads(line)["plate"]["text"] for line in watch_run.stdout.splitlines()}


@pytest.fixture
def copy_of_site(site: SimulatedSite, tmp_path: Path) -> Callable[..., Path]:
    """A function that copies the site's files, with some text in ``site.toml`` replaced; its site file."""

    def copy(replace: str = "", by: str = "", file: str = "site.toml") -> Path:
        folder = tmp_path / "site"
        shutil.copytree(site.folder, folder)
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert replace in text
        path.write_text(text.replace(replace, by, 1) if replace else text, encoding="utf-8")
        return folder / "site.toml"

    return copy


@pytest.fixture
def command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    """The command line in this process, in an environment without settings of Roadwitness's own."""
    for name in environment_settings():
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    levels = {
        name: logging.getLogger(name).level
        for name in ("kafka", "urllib3.connectionpool", "clickhouse_connect")
    }
    yield CommandLine(monkeypatch, capsys)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
