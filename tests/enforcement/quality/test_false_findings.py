"""Which rules are doubted at which cameras, and what follows: an alarm, or no more cases."""

from __future__ import annotations

from typing import Any

import pytest

from enforcement.quality import watching
from enforcement.quality.false_findings import FalseFindings, false_findings
from enforcement.quality.suspensions import BY_POLICY, Suspensions
from enforcement.quality.watching import QualityWatch, looked_at
from enforcement.store import Store
from streams.metrics import REGISTRY
from tests.enforcement.quality.conftest import Reviewed

STRICT = "alarm_above = 0.1\nsuspend_above = 0.3\nleast_decided = 20"


def shown(metric: str, camera: str = "cam-1") -> float | None:
    return REGISTRY.get_sample_value(f"roadwitness_{metric}", {"camera": camera, "offence": "speeding"})


def one(reviewed: Reviewed) -> FalseFindings:
    [found] = false_findings(reviewed.store)
    return found


class TestWhatIsCounted:
    def test_rejected_cases_by_reason_and_their_interval(self, reviewed: Reviewed) -> None:
        reviewed.decided(15)
        reviewed.decided(3, "rejected", "plate_wrong")
        reviewed.decided(2, "rejected", "measurement_doubtful")
        found = one(reviewed)
        assert (found.decided, found.false, found.share) == (20, 5, 0.25)
        assert found.by_reason == {"plate_wrong": 3, "measurement_doubtful": 2}
        assert 0.1 < found.interval[0] < 0.25 < found.interval[1] < 0.5

    def test_an_exempt_vehicle_speaks_for_the_camera(self, reviewed: Reviewed) -> None:
        reviewed.decided(1)
        reviewed.decided(9, "rejected", "emergency_vehicle")
        assert (one(reviewed).decided, one(reviewed).false) == (10, 0)

    def test_open_cases_old_ones_and_invented_ones_do_not_count(self, reviewed: Reviewed) -> None:
        reviewed.decided(5, "open")
        reviewed.decided(5, "rejected", "plate_wrong", days_ago=40)
        reviewed.decided(5, "rejected", "plate_wrong", seeded=True)
        assert false_findings(reviewed.store) == []

    def test_each_rule_and_camera_stands_for_itself_and_the_worst_comes_first(
        self, reviewed: Reviewed
    ) -> None:
        reviewed.decided(10)
        reviewed.decided(10, "rejected", "plate_wrong", camera="cam-2")
        reviewed.decided(10, "rejected", "plate_wrong", camera="cam-2", offence="red_light")
        reviewed.decided(10, camera="cam-2", offence="red_light")
        found = [(each.camera_id, each.offence, each.share) for each in false_findings(reviewed.store)]
        assert found == [("cam-2", "speeding", 1.0), ("cam-2", "red_light", 0.5), ("cam-1", "speeding", 0.0)]


class TestAlarm:
    def test_few_cases_raise_none_however_bad_they_are(self, reviewed: Reviewed) -> None:
        reviewed.governed(STRICT, "cam-1")
        reviewed.decided(19, "rejected", "plate_wrong")
        assert not one(reviewed).is_alarming

    def test_it_needs_to_be_sure(self, reviewed: Reviewed) -> None:
        reviewed.governed(STRICT, "cam-1")
        reviewed.decided(17)
        reviewed.decided(3, "rejected", "plate_wrong")  # 15 %, but perhaps 5 %
        assert not one(reviewed).is_alarming
        reviewed.decided(170)
        reviewed.decided(30, "rejected", "plate_wrong")
        assert one(reviewed).is_alarming
        assert not one(reviewed).is_unbearable

    def test_it_is_shown_by_camera_and_rule(self, reviewed: Reviewed) -> None:
        reviewed.governed(STRICT, "cam-1", "cam-2")
        reviewed.decided(10, "rejected", "plate_wrong")
        reviewed.decided(30)
        reviewed.decided(40, camera="cam-2")
        QualityWatch(reviewed.store).look()
        assert (shown("false_finding_share"), shown("false_finding_alarm")) == (0.25, 1.0)
        assert shown("false_finding_alarm", "cam-2") == 0.0
        assert shown("rule_suspended") is None


class TestSuspendedByPolicy:
    def test_what_the_policy_does_not_bear_is_suspended_once_and_says_why(self, reviewed: Reviewed) -> None:
        reviewed.governed(STRICT, "cam-1")
        reviewed.decided(20, "rejected", "plate_wrong")
        [change] = QualityWatch(reviewed.store).look()
        assert (change.camera_id, change.offence, change.by) == ("cam-1", "speeding", BY_POLICY)
        assert "20 of 20 decided cases were rejected as false" in change.reason
        assert QualityWatch(reviewed.store).look() == []
        assert shown("rule_suspended") == 1.0

    def test_somebody_who_is_faster_stops_no_worker(
        self, reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reviewed.governed(STRICT, "cam-1")
        reviewed.decided(20, "rejected", "plate_wrong")

        def look_slowly(store: Store) -> Any:
            found = looked_at(store)
            Suspensions(store).set("cam-1", "speeding", True, "S. Vargas", "The lens is dirty.")
            return found

        monkeypatch.setattr(watching, "looked_at", look_slowly)
        assert QualityWatch(reviewed.store).look() == []
        assert [change.by for change in Suspensions(reviewed.store).newest()] == ["S. Vargas"]
        assert shown("rule_suspended") == 1.0

    def test_without_a_limit_in_the_policy_only_people_suspend(self, reviewed: Reviewed) -> None:
        reviewed.governed("alarm_above = 0.1\nleast_decided = 5", "cam-1")
        reviewed.decided(50, "rejected", "plate_wrong")
        assert QualityWatch(reviewed.store).look() == []

    def test_once_allowed_again_only_what_came_after_speaks(self, reviewed: Reviewed) -> None:
        reviewed.governed(STRICT, "cam-1")
        reviewed.decided(20, "rejected", "plate_wrong")
        QualityWatch(reviewed.store).look()
        Suspensions(reviewed.store).set("cam-1", "speeding", False, "S. Vargas", "The lens was cleaned.")
        assert QualityWatch(reviewed.store).look() == []
        assert looked_at(reviewed.store)[0] == []
        reviewed.decided(20, "rejected", "plate_wrong", days_ago=-0.001)
        assert [change.by for change in QualityWatch(reviewed.store).look()] == [BY_POLICY]
