"""The dashboards as Grafana reads them: the JSON that lies there, and what is provisioned beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from dashboards.grafana.panels import COLUMNS, NAMES, DescriptionError, board
from dashboards.grafana.writing import FOLDER, dashboard, text_of, write_all

PROVISIONING = FOLDER.parent / "provisioning"
BOARDS = {name: board(name) for name in NAMES}


class TestFiles:
    """The JSON that lies there."""

    @pytest.fixture(params=NAMES)
    def name(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_the_json_is_that_of_the_description(self, name: str) -> None:
        written = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert written == text_of(board(name)), "run python -m dashboards.grafana"

    def test_writing_them_again(self, tmp_path: Path) -> None:
        assert [path.name for path in write_all(tmp_path)] == [f"{name}.json" for name in NAMES]
        assert {path.name for path in FOLDER.iterdir()} == {path.name for path in tmp_path.iterdir()}

    def test_structure(self, name: str) -> None:
        content = dashboard(BOARDS[name])
        assert {"uid", "title", "schemaVersion", "time", "templating", "panels", "annotations"} <= set(
            content
        )
        assert content["schemaVersion"] >= 39
        assert re.fullmatch(r"[\w-]{1,40}", content["uid"])
        ids = [panel["id"] for panel in content["panels"]]
        assert len(set(ids)) == len(ids)
        for panel in content["panels"]:
            assert panel["type"] == "row" or panel["targets"]
            assert {target["refId"] for target in panel.get("targets", [])} <= set("ABCDEFGH")

    def test_panels_lie_side_by_side(self, name: str) -> None:
        taken: set[tuple[int, int]] = set()
        for panel in dashboard(BOARDS[name])["panels"]:
            place = panel["gridPos"]
            assert 0 <= place["x"] < place["x"] + place["w"] <= COLUMNS
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not cells & taken, panel["title"]
            taken |= cells

    def test_data_sources_are_those_that_are_provisioned(self, name: str) -> None:
        provisioned = yaml.safe_load((PROVISIONING / "datasources" / "roadwitness.yaml").read_text())
        known = {(each["type"], each["uid"]) for each in provisioned["datasources"]}
        content = dashboard(BOARDS[name])
        targets = [target for panel in content["panels"] for target in panel.get("targets", [])]
        used = [
            *targets,
            *content["templating"]["list"],
            *(p for p in content["panels"] if p["type"] != "row"),
        ]
        assert {(each["datasource"]["type"], each["datasource"]["uid"]) for each in used} <= known

    def test_titles_and_words(self, name: str) -> None:
        titles = [panel.title for panel in BOARDS[name].panels]
        assert len(set(titles)) == len(titles)
        for panel in BOARDS[name].panels:
            assert panel.about.endswith(".")
            assert bool(panel.sql) != bool(panel.promql)


def test_every_dashboard_is_another() -> None:
    assert len({each.uid for each in BOARDS.values()}) == len(BOARDS) == 3


def test_a_description_with_a_typing_error_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.toml").write_text('uid = "x"\ntitle = "X"\nabout = "X."\ncolor = "red"\n')
    monkeypatch.setattr("dashboards.grafana.panels._HERE", tmp_path)
    with pytest.raises(DescriptionError, match=r"wrong\.toml is wrong: .*color"):
        board("wrong")


def test_the_dashboards_are_found_where_they_are_mounted() -> None:
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "roadwitness.yaml").read_text())["providers"]
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"
