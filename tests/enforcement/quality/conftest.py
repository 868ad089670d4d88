"""Decided cases and answers in the store, a line each."""

from __future__ import annotations

import itertools
import time
import uuid
from dataclasses import dataclass, field

import pytest

from enforcement.inventory import AppliedPolicy, KnownCamera, record_cameras
from enforcement.store import Store
from tests.enforcement.samples import policy

DAY_NS = 24 * 3600 * 10**9


@dataclass
class Reviewed:
    """A store, and what was reviewed in it."""

    store: Store
    now_ns: int = field(default_factory=time.time_ns)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def decided(
        self,
        times: int,
        status: str = "confirmed",
        reason: str = "",
        *,
        camera: str = "cam-1",
        offence: str = "speeding",
        days_ago: float = 1.0,
        seeded: bool = False,
    ) -> None:
        """So many cases that were found and decided so many days ago."""
        at_ns = self.now_ns - round(days_ago * DAY_NS)
        names = "case_id,occurred_at,recorded_at,camera_id,offence,status,reason_code,decided_at,seeded"
        self.store.insert(
            "cases",
            names.split(","),
            [
                (
                    uuid.uuid4(),
                    at_ns + number,
                    self.now_ns // 10**6,
                    camera,
                    offence,
                    status,
                    reason,
                    at_ns // 10**6,
                    seeded,
                )
                for number in range(times)
            ],
        )

    def answered(self, *answers: tuple[str, str], seeded: str = "", after_s: float = 60.0) -> str:
        """One case with its answers, (officer, outcome); ``seeded``: invented, and what is right."""
        case_id = str(uuid.uuid4())
        if seeded:
            row = (uuid.UUID(case_id), uuid.uuid4(), seeded, "")
            self.store.insert("seeded_cases", ("case_id", "known_id", "answer", "reason_code"), [row])
        for review, (officer, outcome) in zip(("first", "second", "supervisor"), answers, strict=False):
            number = next(self._numbers)
            at_ns = self.now_ns - DAY_NS + round(number * after_s * 1e9)
            row = (
                case_id,
                f"e-{number}",
                number + 1,
                outcome,
                at_ns,
                f"d-{number}",
                officer,
                review,
                "counted",
            )
            names = (
                "case_id",
                "event_id",
                "sequence",
                "kind",
                "at",
                "decision_id",
                "officer",
                "review",
                "effect",
            )
            self.store.insert("case_events", names, [row])
        return case_id

    def taken_back(self, case_id: str, officer: str, effect: str = "counted") -> None:
        """The last answer of all, to this case, is taken back; a ``conflict``: or was to be, too late."""
        number = next(self._numbers)
        names = "case_id,event_id,sequence,kind,at,decision_id,officer,withdraws,effect"
        row = (
            case_id,
            f"e-{number}",
            number + 1,
            "withdrawn",
            self.now_ns,
            f"d-{number}",
            officer,
            f"d-{number - 1}",
            effect,
        )
        self.store.insert("case_events", names.split(","), [row])

    def governed(self, quality: str, *cameras: str) -> None:
        """Let these cameras be judged by a policy with this table."""
        applied = AppliedPolicy(policy(), f"[quality]\n{quality}\n")
        record_cameras(self.store, [KnownCamera(camera, "site-1", applied) for camera in cameras])


@pytest.fixture
def reviewed(embedded: Store) -> Reviewed:
    return Reviewed(embedded)
