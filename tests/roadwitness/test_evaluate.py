"""``roadwitness evaluate``: a table on the terminal, a report that needs nothing but itself, and JSON."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.manifest import ModelManifest
from roadwitness.evaluating import reader as evaluating_reader
from roadwitness.simulator import SimulatedSite, Truth
from tests.detectors.evaluation.plate_crops import ScriptedReader, invented_crops, reading
from tests.roadwitness.in_process import CommandLine

VOID = {"meta", "img", "br", "hr", "link", "input", "path", "rect", "circle", "polyline"}


class Page(HTMLParser):
    """Everything that a report asks a browser to load or run, and whether its elements are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.addresses: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in {"src", "href", "srcset", "action"}
        ]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag


def report_at(path: Path) -> str:
    """The text of a report that needs neither script nor network and can be sent by mail."""
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "form"} & set(page.elements)
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.addresses)
    assert not re.search(r"url\(|@import|https?://", text)
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert len(text) < 3_000_000
    return text


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    """Ten crops; file and text of each are in ``labels.csv``."""
    invented_crops(tmp_path / "crops", 10)
    return tmp_path / "crops"


@pytest.fixture
def readers(crops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that reads all right at 0.95, and one that sees the last character of all wrong."""
    rows = (crops / "labels.csv").read_text().splitlines()[1:]
    texts = [row.split(",")[1] for row in rows]
    known = {
        "good": ScriptedReader({i: reading(text, 1.0, 0.95) for i, text in enumerate(texts)}),
        "bad": ScriptedReader({i: reading(f"{text[:-1]}W", 1.0, 0.8) for i, text in enumerate(texts)}),
    }
    monkeypatch.setattr(evaluating_reader, "open_reader", lambda name, threads=0: known[name])


@pytest.mark.usefixtures("readers")
def test_readers_are_compared_on_the_terminal_in_the_report_and_as_json(
    command_line: CommandLine, crops: Path, tmp_path: Path
) -> None:
    report, figures = tmp_path / "new" / "r.html", tmp_path / "new" / "r.json"
    done = command_line(
        "evaluate", "reader", crops, "--readers", "bad,good", "--report", report, "--json", figures
    )
    assert done.code == 0, done.stderr
    assert re.search(r"exact +0\.000 +1\.000", done.stdout.decode())
    assert re.search(r"calibration error \(ECE\) +0\.800 +0\.050", done.stdout.decode())
    assert str(report) in done.stderr

    text = report_at(report)
    assert "bad reads 0 of 10 plates without a mistake" in text
    assert "good 10 that bad does not" in text
    assert "This file shows number plates" in text
    assert text.count("data:image/jpeg") == 10
    assert text.count('<span class="wrong">W</span>') == 10

    found = json.loads(figures.read_bytes())
    assert found["figures"]["good"]["exact"] == {
        "share": 1.0,
        "low": pytest.approx(0.722, abs=1e-3),
        "high": 1.0,
        "hits": 10,
        "of": 10,
    }
    assert found["figures"]["bad"]["ece"] == pytest.approx(0.8)
    assert [read["edits"] for read in found["reads"]["bad"]] == [1] * 10


@pytest.mark.usefixtures("readers")
def test_every_nth_crop_and_the_usual_place_of_the_report(
    command_line: CommandLine, crops: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in crops.iterdir()}
    done = command_line("evaluate", "reader", crops, "--readers", "good", "--every", "4")
    assert done.code == 0, done.stderr
    assert "3 of 3" in done.stdout.decode()
    assert "Every fourth crop" in report_at(tmp_path / "roadwitness-evaluation" / "reader.html")
    assert {path: path.read_bytes() for path in crops.iterdir()} == before, "the data are only read"


@pytest.mark.usefixtures("readers")
def test_hostile_names_are_text_in_the_report(command_line: CommandLine, crops: Path, tmp_path: Path) -> None:
    (crops / "crop001.png").rename(crops / "<script>alert(1)<b>.png")
    table = (crops / "labels.csv").read_text().replace("crop001.png", "<script>alert(1)<b>.png")
    (crops / "labels.csv").write_text(table.replace(",FR", ",<i>FR"))
    done = command_line("evaluate", "reader", crops, "--readers", "bad", "--report", tmp_path / "r.html")
    assert done.code == 0, done.stderr
    assert "&lt;script&gt;alert(1)&lt;b&gt;.png" in report_at(tmp_path / "r.html")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(("reader", "nowhere"), "There is no folder nowhere", id="no crops"),
        pytest.param(("reader", "{crops}", "--readers", "x"), "there is no plate reader 'x'", id="no reader"),
        pytest.param(("reader", "{crops}", "--cores", "999"), "cores here, not 999", id="too many cores"),
        pytest.param(("plates", "nowhere"), "There are no images in nowhere", id="no images"),
        pytest.param(
            ("plates", "{crops}", "--model", "none.onnx"),
            "The model none.onnx cannot be opened",
            id="no model",
        ),
        pytest.param(("vehicles", "{crops}", "--classes", "x"), "is one of ours", id="unknown classes"),
        pytest.param(("passages", "{crops}"), "There is no site file", id="no site"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_one_sentence(
    command_line: CommandLine, crops: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    filled = [argument.replace("{crops}", str(crops)) for argument in arguments]
    assert sentence in command_line.fail("evaluate", *filled)


def test_a_site_without_truth_is_refused(
    command_line: CommandLine, site: SimulatedSite, tmp_path: Path
) -> None:
    (tmp_path / "site.toml").write_bytes(site.site_file.read_bytes())
    assert "truth.json cannot be read" in command_line.fail("evaluate", "passages", tmp_path)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("plates", ("--model", "--compare", "--input-size", "--confidence", "--report", "--json")),
        ("vehicles", ("--model", "--compare", "--classes", "--four-wheels", "--report", "--json")),
        ("reader", ("--readers", "--every", "--ignore-first", "--cores", "--report", "--json")),
        ("passages", ("DIR", "--report", "--json")),
    ],
)
def test_help_names_every_option(command_line: CommandLine, command: str, options: tuple[str, ...]) -> None:
    done = command_line("evaluate", command, "--help")
    assert done.code == 0
    for option in options:
        assert option in done.stdout.decode(), option


@pytest.fixture(scope="session")
def frames(site: SimulatedSite, truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four frames of the simulated site in YOLO format: ``plates`` and ``vehicles``, with every true box."""
    folder = tmp_path_factory.mktemp("frames")
    clip = cv2.VideoCapture(str(site.clip))
    for kind in ("plates", "vehicles"):
        for part in ("images", "labels"):
            (folder / kind / part / "val").mkdir(parents=True)
    names = ("car", "motorcycle", "bus", "truck")
    for number in range(truth.frames):
        image = clip.read()[1]
        seen = [(v, box) for v in truth.vehicles for box in v.boxes if box.frame == number]
        if number % 12 or not any(box.plate and box.plate[2] > 60 for _, box in seen):
            continue
        for kind in ("plates", "vehicles"):
            lines = []
            for vehicle, box in seen:
                shown = box.plate if kind == "plates" else box.vehicle
                if shown is None or box.visible < 0.3:
                    continue
                label = 0 if kind == "plates" else names.index(vehicle.vehicle_class)
                centre = np.array([shown[0] + shown[2] / 2, shown[1] + shown[3] / 2])
                scaled = [
                    *centre / (truth.width, truth.height),
                    shown[2] / truth.width,
                    shown[3] / truth.height,
                ]
                lines.append(" ".join([str(label), *(f"{value:.6f}" for value in scaled)]))
            cv2.imwrite(str(folder / kind / "images" / "val" / f"{number}.png"), image)
            (folder / kind / "labels" / "val" / f"{number}.txt").write_text("\n".join(lines))
    (folder / "vehicles" / "data.yaml").write_text(f"names: [{', '.join(names)}]\n")
    return folder


def test_the_shipped_plate_detector_on_simulated_frames(
    command_line: CommandLine, frames: Path, tmp_path: Path
) -> None:
    done = command_line(
        "evaluate",
        "plates",
        frames / "plates",
        "--report",
        tmp_path / "p.html",
        "--json",
        tmp_path / "p.json",
    )
    assert done.code == 0, done.stderr
    figures = json.loads((tmp_path / "p.json").read_bytes())["figures"]["shipped"]
    assert figures["recall"]["hits"] >= 0.7 * figures["recall"]["of"] > 0
    assert "AP50" in done.stdout.decode()
    report_at(tmp_path / "p.html")


def test_two_vehicle_models_side_by_side(command_line: CommandLine, frames: Path, tmp_path: Path) -> None:
    model = ModelManifest.load().path("vehicles")  # once by default and once by name
    done = command_line(
        "evaluate",
        "vehicles",
        frames / "vehicles",
        "--compare",
        model,
        "--report",
        tmp_path / "v.html",
        "--json",
        tmp_path / "v.json",
    )
    assert done.code == 0, done.stderr
    figures = json.loads((tmp_path / "v.json").read_bytes())["figures"]
    assert set(figures) == {"shipped", "vehicles"}
    same = ("recall", "precision", "map50")
    assert [figures["shipped"][key] for key in same] == [figures["vehicles"][key] for key in same]
    assert figures["shipped"]["recall"]["share"] > 0.5
    assert "finds 0 of these vehicles that vehicles does not" in report_at(tmp_path / "v.html")


def test_the_whole_roadside_beside_the_truth(
    command_line: CommandLine, site: SimulatedSite, truth: Truth, tmp_path: Path
) -> None:
    done = command_line(
        "evaluate", "passages", site.folder, "--report", tmp_path / "s.html", "--json", tmp_path / "s.json"
    )
    assert done.code == 0, done.stderr
    found = json.loads((tmp_path / "s.json").read_bytes())
    figures = found["figures"]["pipeline"]
    assert figures["seen_once"]["of"] == len(truth.vehicles)
    assert figures["seen_once"]["hits"] == len(truth.vehicles)
    assert figures["plate_right"]["hits"] == sum(v["read"] == v["plate"] for v in found["vehicles"])
    assert figures["caught"]["of"] == len(truth.speeders)
    assert figures["false_accusations"] == 0
    text = report_at(tmp_path / "s.html")
    assert "Nobody was falsely accused." in text
    for vehicle in truth.vehicles:
        assert vehicle.plate in text
