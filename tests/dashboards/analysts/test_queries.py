"""The questions that run by name: each answers, with the columns it says, what the invented weeks hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboards import answers
from dashboards.named_queries import NamedQuery, QuestionError, named_query, names, parse
from enforcement.queries import reading
from enforcement.store import Store
from tests.dashboards.analysts.traffic import CAMERAS, CLOCK_VOID, IN, NORTH, OUT, SOUTH, WEEKS, Traffic

Answer = list[dict[str, Any]]
Ask = Callable[..., Answer]


@pytest.fixture(params=["socket", "server"])
def ask(request: pytest.FixtureRequest, store: Store, data: Path) -> Ask:
    """Asks a question by name, of a folder that is served and of a server."""
    place = data if request.param == "socket" else request.getfixturevalue("server")

    def asked(name: str, **given: str) -> Answer:
        table = answers.ask(place, f"@{name}", given)
        assert table.column_names == list(named_query(name).columns)
        rows = table.to_pylist()
        assert isinstance(rows, list)
        return rows

    return asked


def by_camera(answer: Answer) -> dict[str, dict[str, Any]]:
    """The one row of each camera."""
    found = {row["camera_id"]: row for row in answer}
    assert len(found) == len(answer)
    return found


@pytest.mark.parametrize("name", names())
def test_every_question_says_what_it_is_takes_and_gives(name: str) -> None:
    question = named_query(name)
    assert question.question.endswith(("?", "."))
    assert all(question.columns.values())
    assert all(parameter.about for parameter in question.parameters)


@pytest.mark.parametrize("name", names())
def test_times_are_of_a_type_that_every_format_keeps(data: Path, store: Store, name: str) -> None:
    """Arrow has no type for a DateTime: it would be a bare number."""
    question = named_query(name)
    with reading(data) as reader:
        described = reader.ask(f"DESCRIBE ({question.sql})", "json", question.bind({}))
    types = [row["type"] for row in json.loads(described)["data"]]
    assert not [kind for kind in types if re.search(r"DateTime(?!64)|Enum|FixedString", kind)]


def test_all_vehicles_are_in_the_hours_of_the_day(ask: Ask, traffic: Traffic) -> None:
    rows = ask("speeds-by-hour", limit_kmh="90")
    measured = [passage for passage in traffic.passages if passage.speed.speed_kmh]
    assert sum(row["measured"] for row in rows) == len(measured)
    assert {row["camera_id"] for row in rows} == set(CAMERAS)
    assert {row["hour_of_day"] for row in rows} == set(range(24))
    assert all(row["mean_kmh"] <= row["v85_kmh"] for row in rows if row["measured"] > 20)
    fast = sum(row["over_limit"] * row["measured"] for row in rows)
    assert fast == pytest.approx(sum((passage.speed.speed_kmh or 0) >= 90 for passage in measured), abs=1)


def test_hours_are_those_of_the_zone(ask: Ask) -> None:
    utc = {row["hour_of_day"]: row["measured"] for row in ask("speeds-by-hour", camera=IN)}
    further = {
        row["hour_of_day"]: row["measured"] for row in ask("speeds-by-hour", camera=IN, zone="Asia/Tokyo")
    }
    assert further == {(hour + 9) % 24: measured for hour, measured in utc.items()}


def test_a_kind_of_vehicle_can_be_asked_for(ask: Ask, traffic: Traffic) -> None:
    rows = ask("speeds-by-hour", vehicle="truck", camera=SOUTH)
    trucks = [each for each in traffic.passages if each.vehicle == "truck" and each.camera_id == SOUTH]
    assert sum(row["measured"] for row in rows) == sum(each.speed.speed_kmh is not None for each in trucks)


def test_v85_is_that_of_the_passages(ask: Ask, traffic: Traffic) -> None:
    rows = ask("v85-by-week", camera=OUT)
    assert len(rows) in (WEEKS, WEEKS + 1)
    speeds = sorted(
        each.speed.speed_kmh for each in traffic.passages if each.camera_id == OUT and each.speed.speed_kmh
    )
    v85 = speeds[int(0.85 * len(speeds))]
    mean = sum(row["v85_kmh"] * row["measured"] for row in rows) / sum(row["measured"] for row in rows)
    assert mean == pytest.approx(v85, abs=1.0)
    assert rows[0]["change_kmh"] is None
    assert all(abs(row["change_kmh"]) < 6 for row in rows[1:] if row["measured"] > 100)


def test_a_new_limit_shows_where_it_is_and_nowhere_else(ask: Ask, traffic: Traffic) -> None:
    found = by_camera(
        ask("limit-change", changed=traffic.changed.isoformat(), site="town-a1", limit_kmh="50")
    )
    assert set(found) == {IN, OUT}
    assert found[IN]["mean_change_kmh"] == pytest.approx(-6.0, abs=1.5)
    assert found[IN]["mean_change_k2_kmh"] < 1.5 < -found[IN]["mean_change_kmh"]
    assert abs(found[OUT]["mean_change_kmh"]) < 1.5
    assert found[IN]["over_limit_after"] < found[IN]["over_limit_before"] - 0.2
    assert found[IN]["v85_after_kmh"] < found[IN]["v85_before_kmh"] - 3


def test_offences_by_hour_of_the_week(ask: Ask, traffic: Traffic) -> None:
    rows = ask("offences-by-hour-of-week")
    assert sum(row["found"] for row in rows) == len(traffic.violations)
    assert sum(row["passages"] for row in rows) == len(traffic.passages)
    assert {row["weekday"] for row in rows} == set(range(1, 8))
    red = sum(each.offence == "red_light" for each in traffic.violations)
    assert sum(row["found"] for row in ask("offences-by-hour-of-week", offence="red_light")) == red > 0
    assert (
        sum(row["found"] for row in ask("offences-by-hour-of-week", camera=SOUTH, offence="red_light")) == 0
    )


def test_why_speeds_are_void(ask: Ask, traffic: Traffic) -> None:
    rows = ask("void-measurements")
    clock = next(row for row in rows if row["void_reason"] == CLOCK_VOID)
    assert clock["camera_id"] == NORTH
    assert clock["void"] == sum(each.speed.void_reason == CLOCK_VOID for each in traffic.passages)
    assert clock["share"] == pytest.approx(clock["void"] / clock["passages"], abs=1e-4)
    assert {row["camera_id"] for row in rows} == set(CAMERAS)


def test_the_drifting_camera_is_named_with_what_shows_it(ask: Ask) -> None:
    rows = ask("drifting-cameras")
    assert {row["camera_id"] for row in rows if row["days"] > 2} == {NORTH}
    signs = {row["sign"]: row for row in rows if row["camera_id"] == NORTH}
    assert {"clock", "voids"} <= set(signs)
    assert signs["clock"]["days"] >= 6
    assert signs["clock"]["clock_offset_ms"] > 10_000
    assert signs["voids"]["void_share"] > signs["voids"]["usual_void_share"] + 0.1


def test_the_silent_camera_is_named_with_what_waits_there(ask: Ask) -> None:
    (row,) = ask("silent-cameras", age_s="3600")
    assert (row["camera_id"], row["spool_records"]) == (SOUTH, 3000)
    assert row["age_s"] > 7000


def test_the_work_of_reviewing(ask: Ask, traffic: Traffic) -> None:
    rows = ask("review-workload")
    decided = [each.decision for each in traffic.violations if each.decision]
    assert sum(row["found"] for row in rows) == len(traffic.violations)
    assert sum(row["decided"] for row in rows) == len(decided)
    assert sum(row["rejected"] for row in rows) == sum(each.outcome == "rejected" for each in decided)
    assert all(1 < row["median_hours"] < 40 for row in rows if row["decided"] > 10)


def test_rejections_by_camera_and_reason(ask: Ask, traffic: Traffic) -> None:
    rows = ask("rejections")
    rejected = [each for each in traffic.violations if each.decision and each.decision.outcome == "rejected"]
    assert sum(row["rejected"] for row in rows) == len(rejected)
    north = [row for row in rows if row["camera_id"] == NORTH]
    of_north = [each for each in traffic.violations if each.decision and each.passage.camera_id == NORTH]
    assert {row["decided"] for row in north} == {len(of_north)}
    assert sum(row["share"] for row in north) > 0.25


def test_a_reader_that_got_worse_shows(ask: Ask) -> None:
    rows = [row for row in ask("reader-confidence") if row["camera_id"] == NORTH]
    confidences = [row["mean_confidence"] for row in rows if row["mean_confidence"]]
    assert confidences[0] > 0.93
    assert min(confidences[-2:]) < 0.91


def test_heavy_traffic_is_where_the_trucks_are(ask: Ask, traffic: Traffic) -> None:
    rows = ask("heavy-vehicles")
    share = {
        camera: sum(row["trucks"] + row["buses"] for row in rows if row["camera_id"] == camera)
        / sum(row["passages"] for row in rows if row["camera_id"] == camera)
        for camera in CAMERAS
    }
    assert max(share, key=lambda camera: share[camera]) == SOUTH
    assert share[SOUTH] == pytest.approx(0.36, abs=0.06)
    assert share[IN] == pytest.approx(0.10, abs=0.04)


def test_the_busiest_hours_are_busier_than_usual_and_in_order(ask: Ask) -> None:
    rows = ask("busiest-hours", most="3")
    assert len(rows) == 3 * len(CAMERAS)
    assert all(row["passages"] >= row["usual"] for row in rows)
    of_one = [row["passages"] for row in rows if row["camera_id"] == IN]
    assert of_one == sorted(of_one, reverse=True)


def test_the_evidence_that_is_missing(ask: Ask, traffic: Traffic) -> None:
    incomplete = [each for each in traffic.violations if not each.complete]
    rows = ask("missing-evidence")
    assert sum(row["cases"] for row in rows) == sum(row["pieces"] for row in rows) == len(incomplete) > 0
    assert sum(row["open_cases"] for row in rows) == sum(each.decision is None for each in incomplete)
    assert {row["kind"] for row in rows} == {"plate"}
    assert ask("missing-evidence", older_than_s=str(WEEKS * 8 * 86400)) == []


def test_the_size_of_the_store(ask: Ask, traffic: Traffic) -> None:
    rows = {row["name"]: row for row in ask("store-size")}
    assert rows["passages"]["rows"] == len(traffic.passages)
    assert rows["violations"]["bytes_a_row"] > rows["passages"]["bytes_a_row"] > 5
    assert [row["name"] for row in ask("store-size", table="cameras")] == ["cameras"]


class TestWriting:
    """What a file's head means, and what is said where it is wrong."""

    TEXT = """-- How many since?
--
-- Parameters
--   since = now - 2 days   from then on
--   camera = ''            one camera
--
-- Columns
--   n   how many
SELECT count() AS n FROM t WHERE at > {since:DateTime('UTC')} AND c = {camera:String}"""
    NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)

    @pytest.fixture
    def question(self) -> NamedQuery:
        return parse("counted", self.TEXT)

    def test_the_head_is_read(self, question: NamedQuery) -> None:
        assert question.question == "How many since?"
        assert [(each.name, each.type, each.default) for each in question.parameters] == [
            ("since", "DateTime('UTC')", "now - 2 days"),
            ("camera", "String", ""),
        ]
        assert question.columns == {"n": "how many"}
        assert question.sql.startswith("SELECT")

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("2026-05-01", "2026-05-01 00:00:00"),
            ("2026-05-01T08:30", "2026-05-01 08:30:00"),
            ("2026-05-01T08:30+02:00", "2026-05-01 06:30:00"),
            ("now", "2026-05-04 08:00:00"),
            ("now - 3 hours", "2026-05-04 05:00:00"),
            ("now - 1 week", "2026-04-27 08:00:00"),
        ],
    )
    def test_moments(self, question: NamedQuery, written: str, meant: str) -> None:
        assert question.bind({"since": written}, self.NOW) == {"since": meant, "camera": ""}

    def test_what_is_not_given_has_its_default(self, question: NamedQuery) -> None:
        two_days = (self.NOW - timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S")
        assert question.bind({}, self.NOW) == {"since": two_days, "camera": ""}

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"camra": "x"}, "@counted has no parameter 'camra'; it has camera, since."),
            ({"since": "yesterday"}, "'yesterday' is no moment for since"),
        ],
    )
    def test_what_cannot_be_given(self, question: NamedQuery, given: dict[str, str], said: str) -> None:
        with pytest.raises(QuestionError) as caught:
            question.bind(given)
        assert str(caught.value).startswith(said)

    @pytest.mark.parametrize(
        ("old", "new"),
        [("--   camera = ''            one camera\n", ""), ("{camera:String}", "'x'"), ("= now", "+ now")],
    )
    def test_a_head_that_does_not_fit_is_refused(self, old: str, new: str) -> None:
        with pytest.raises(QuestionError, match=r"^@counted (describes|has the line)"):
            parse("counted", self.TEXT.replace(old, new))

    def test_a_question_that_is_not_there(self) -> None:
        with pytest.raises(QuestionError, match="the nearest is '@speeds-by-hour', and"):
            named_query("speed-by-hour")

    def test_a_file_of_ones_own(self, tmp_path: Path, question: NamedQuery) -> None:
        (tmp_path / "counted.sql").write_text(self.TEXT)
        assert named_query(str(tmp_path / "counted.sql")) == question
        with pytest.raises(QuestionError, match="cannot be read"):
            named_query(str(tmp_path / "other.sql"))
