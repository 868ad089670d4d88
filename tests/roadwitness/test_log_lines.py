"""A line of the log: a sentence for people, an object for machines, a password for nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest

from roadwitness.log_lines import BadLevel, LogFormat, as_json, open_log
from roadwitness.progress import console, progress, say
from streams.events import Events

events = Events("streams.tested")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging and the console belong to the whole process."""
    root, file = logging.getLogger(), console._file
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], console._file = handlers, file
    root.setLevel(level)
    for name in ("streams", "detectors", "enforcement", "dashboards", "roadwitness", "roadwitness.said"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    return lambda: capsys.readouterr().err.splitlines()


def test_an_event_is_one_object(lines: Callable[[], list[str]]) -> None:
    open_log(LogFormat.JSON, "edge")
    events.warning("bus-away", "No broker\nanswers.", topic="passages", records=3)
    (line,) = map(json.loads, lines())
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning",
        "process": "edge",
        "event": "bus-away",
        "topic": "passages",
        "records": 3,
        "message": "No broker answers.",
    }


def test_an_event_is_a_sentence_with_its_fields(lines: Callable[[], list[str]]) -> None:
    open_log(LogFormat.TEXT, "edge")
    events.warning("bus-away", "No broker answers.", records=3)
    assert lines() == ["WARNING streams.tested: No broker answers. records=3"]


@pytest.mark.parametrize("look", LogFormat)
def test_of_a_failure_its_kind_and_place_are_told_and_not_its_text(
    look: LogFormat, lines: Callable[[], list[str]]
) -> None:
    open_log(look, "serve")
    try:
        raise ValueError("plate AB12CDE does not fit")
    except ValueError as error:
        events.error("page-failed", failure=error, route="/cases/{case_id}")
    (line,) = lines()
    assert "ValueError" in line
    assert "test_of_a_failure_its_kind_and_place_are_told_and_not_its_text:" in line
    assert "AB12CDE" not in line


@pytest.mark.parametrize("look", LogFormat)
def test_a_password_in_an_address_is_left_out(look: LogFormat, lines: Callable[[], list[str]]) -> None:
    open_log(look, "edge")
    events.warning("camera-interrupted", "rtsp://viewer:s3cret@10.0.0.7/stream was interrupted")
    (line,) = lines()
    assert "s3cret" not in line
    assert "rtsp://10.0.0.7/stream" in line


@pytest.mark.parametrize(
    ("look", "level", "heard"),
    [
        (LogFormat.TEXT, None, {"warning"}),
        (LogFormat.JSON, None, {"info", "warning"}),
        (LogFormat.JSON, "debug", {"debug", "info", "warning"}),
        (LogFormat.TEXT, "ERROR", set()),
    ],
)
def test_the_level_is_chosen_and_libraries_only_ever_warn(
    look: LogFormat, level: str | None, heard: set[str], lines: Callable[[], list[str]]
) -> None:
    open_log(look, "edge", level)
    events.debug("in-detail", "told at debug")
    events.info("as-usual", "told at info")
    events.warning("in-trouble", "told at warning")
    for name in ("some.library", "kafka.conn"):
        logging.getLogger(name).debug("PLATE")
        logging.getLogger(name).info("PLATE")
    written = lines()
    assert len(written) == len(heard)
    assert all(f"told at {word}" in line for word, line in zip(sorted(heard), written, strict=True))


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(BadLevel, match="DEBUG, INFO, WARNING and ERROR"):
        open_log(LogFormat.TEXT, "edge", "loud")


def test_what_is_said_to_people_is_an_event_and_no_bar_is_drawn(lines: Callable[[], list[str]]) -> None:
    open_log(LogFormat.JSON, "edge")
    assert as_json()
    say("3 passages published.", "bold")
    with progress("Observing", "frames") as advance:
        advance(1, 2)
    written = [json.loads(line) for line in lines()]
    assert [line["event"] for line in written] == ["said", "said"]
    assert written[0]["message"] == "3 passages published."
    assert written[1]["message"].startswith("Observing: 1/2 frames")


def test_how_long_it_takes_is_said_only_once_a_part_is_done(lines: Callable[[], list[str]]) -> None:
    open_log(LogFormat.JSON, "edge")
    with progress("Rendering", "frames") as advance:
        advance(1, 1000)
        advance(100, 1000)
    first, second = [json.loads(line)["message"] for line in lines()]
    assert first == "Rendering: 1/1000 frames"
    assert second.endswith("s left")


def test_opening_the_log_again_does_not_write_twice(lines: Callable[[], list[str]]) -> None:
    open_log(LogFormat.TEXT, "roadwitness")
    open_log(LogFormat.JSON, "edge")
    events.warning("bus-away")
    assert len(lines()) == 1


def test_text_after_json_is_text_again(lines: Callable[[], list[str]]) -> None:
    open_log(LogFormat.JSON, "edge")
    open_log(LogFormat.TEXT, "edge")
    say("It is ready.")
    assert lines() == ["It is ready."]
    assert not as_json()
