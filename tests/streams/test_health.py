"""What ``/health`` and ``/ready`` answer, and that a part which never answers counts as away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import Gauge

from streams import health as module
from streams.bus import BusUnavailable
from streams.connect import open_bus
from streams.health import Health
from streams.kafka_settings import KafkaSettings
from streams.lag import GroupLag
from streams.metrics import REGISTRY
from streams.probing import probe_of
from streams.topics import Topic
from tests.kafka_broker import Broker

SOON_S = 10.0


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def away() -> Gauge:
    return Gauge("away", "", registry=None)


def value(gauge: Gauge) -> float:
    (metric,) = gauge.collect()
    return metric.samples[0].value


def refuse() -> None:
    raise BusUnavailable("No broker answers: start one.")


class TestLoops:
    def test_a_process_without_loops_lives(self) -> None:
        assert Health().living() == (True, {"status": "ok", "loops": {}})

    @pytest.mark.parametrize(("limit_s", "lives"), [(60.0, True), (0.0, False)])
    def test_a_loop_must_go_round_in_its_time(self, limit_s: float, lives: bool) -> None:
        health = Health()
        health.loop("worker", limit_s).beat()
        time.sleep(0.01)
        well, body = health.living()
        assert well is lives
        assert body["status"] == ("ok" if lives else "stalled")
        assert body["loops"]["worker"]["limit_s"] == limit_s

    def test_one_that_stalls_is_enough(self) -> None:
        health = Health()
        health.loop("worker", 60.0)
        health.loop("frames", 0.0)
        time.sleep(0.01)
        assert not health.living()[0]

    def test_a_loop_whose_work_is_done_may_rest(self) -> None:
        health = Health()
        loop = health.loop("frames", 0.0)
        loop.rest()
        assert health.living()[0]

    def test_when_it_moved_is_shown(self) -> None:
        Health().loop("tested", 1.0).beat()
        labels = {"stage": "tested"}
        shown = REGISTRY.get_sample_value("roadwitness_loop_moved_timestamp_seconds", labels)
        assert shown == pytest.approx(time.time(), abs=5.0)


class TestParts:
    def test_a_part_that_answers_is_ok(self) -> None:
        health = Health()
        health.watch("store", lambda: None)
        assert not health.ready()[0], "it has not been asked yet"
        with health:
            eventually(lambda: health.ready() == (True, {"status": "ready", "parts": {"store": "ok"}}))

    @pytest.mark.parametrize(("needed", "status"), [(True, "not ready"), (False, "degraded")])
    def test_a_part_that_refuses_says_why(self, needed: bool, status: str) -> None:
        health = Health()
        health.watch("bus", refuse, needed=needed)
        said = {"status": status, "parts": {"bus": "No broker answers: start one."}}
        with health:
            eventually(lambda: health.ready() == (not needed, said))

    def test_the_text_of_an_error_that_is_not_ours_stays_inside(self) -> None:
        health = Health()
        health.watch("store", lambda: {}["password=secret"])
        with health:
            eventually(lambda: health.ready()[1]["parts"] == {"store": "it failed with KeyError"})

    def test_a_part_that_never_answers_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
        health, gauge, answered = Health(), away(), threading.Event()
        health.watch("store", lambda: answered.wait(SOON_S) and None, gauge, every_s=0.01)
        with health:
            eventually(lambda: "has not answered for" in health.ready()[1]["parts"]["store"])
            health.refresh()
            assert value(gauge) == 1
            answered.set()
            eventually(lambda: health.ready()[0])
            health.refresh()
            assert value(gauge) == 0

    def test_one_that_comes_back_is_ready_again(self) -> None:
        health, gauge, there = Health(), away(), threading.Event()
        health.watch("bus", lambda: None if there.is_set() else refuse(), gauge, every_s=0.01)
        with health:
            eventually(lambda: "No broker" in health.ready()[1]["parts"]["bus"])
            health.refresh()
            assert value(gauge) == 1
            there.set()
            eventually(lambda: health.ready()[0])
            health.refresh()
            assert value(gauge) == 0

    def test_a_known_state_needs_no_asking(self) -> None:
        health = Health()
        health.state("partitions", lambda: "none is assigned")
        assert health.ready() == (
            False,
            {"status": "not ready", "parts": {"partitions": "none is assigned"}},
        )


class TestDisks:
    def test_the_room_under_a_place_is_shown_also_before_it_is_made(self, tmp_path: Path) -> None:
        health = Health()
        health.disk("tested", tmp_path / "not" / "yet" / "there")
        health.refresh()
        for name in ("free", "size"):
            shown = REGISTRY.get_sample_value(f"roadwitness_disk_{name}_bytes", {"place": "tested"})
            assert shown
            assert shown > 0

    def test_a_figure_that_cannot_be_had_does_not_take_the_others_along(self, tmp_path: Path) -> None:
        health, reached = Health(), []
        health.refresh_by(refuse)
        health.refresh_by(lambda: reached.append(True))
        health.refresh()
        assert reached


class TestProbing:
    def test_a_local_log_is_there_or_not(self, tmp_path: Path) -> None:
        log = tmp_path / "bus.sqlite"
        probe = probe_of(f"local:{log}")
        with pytest.raises(BusUnavailable, match="not there"):
            probe()
        log.touch()
        probe()

    @pytest.mark.kafka
    def test_a_broker_that_is_paused_is_away_and_then_is_there_again(
        self, kafka_broker: Broker, kafka_url: str
    ) -> None:
        probe = probe_of(kafka_url)
        probe()
        kafka_broker.pause()
        try:
            began = time.monotonic()
            with pytest.raises(BusUnavailable, match="check the address"):
                probe()
            assert time.monotonic() - began < 15.0
        finally:
            kafka_broker.resume()
        probe()


@pytest.mark.kafka
def test_the_lag_of_a_group_is_seen_from_outside(kafka_url: str) -> None:
    from kafka import KafkaAdminClient

    settings = KafkaSettings.from_url(kafka_url)
    bus = open_bus(kafka_url)
    admin = KafkaAdminClient(**settings.client_options())
    lag = GroupLag(settings, "judging", [Topic.PASSAGES, Topic.EVIDENCE])

    def measured() -> dict[Topic, int]:
        parts = {each["name"]: len(each["partitions"]) for each in admin.describe_topics()}
        return lag.measure(admin, parts)

    try:
        for number in range(7):
            bus.publish(Topic.PASSAGES, f"camera-{number}", b"{}")
        assert measured() == {Topic.PASSAGES: 7, Topic.EVIDENCE: 0}
        member = bus.subscribe([Topic.PASSAGES, Topic.EVIDENCE], "judging")
        taken = 0
        while not taken:
            taken = len(member.poll(1.0, max_records=3))
        member.commit()
        member.close()
        assert measured() == {Topic.PASSAGES: 7 - taken, Topic.EVIDENCE: 0}
    finally:
        admin.close()
        bus.close()
