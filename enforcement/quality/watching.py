"""Watches each rule at each camera: shows what is false, and suspends what the policy does not bear."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from enforcement.errors import QualityError
from enforcement.quality.false_findings import FalseFindings, false_findings
from enforcement.quality.suspensions import BY_POLICY, Change, Suspensions
from enforcement.store import Store
from streams.events import Events
from streams.metrics import FALSE_FINDING_ALARM, FALSE_FINDING_SHARE, RULE_SUSPENDED

_events = Events(__name__)


def looked_at(store: Store) -> tuple[list[FalseFindings], list[Change]]:
    """What each rule's cases at each camera were worth since it was last allowed, and each last change."""
    changes = Suspensions(store).newest()
    allowed = {(each.camera_id, each.offence): each.at_ns for each in changes if not each.is_suspended}
    return false_findings(store, allowed), changes


class QualityWatch:
    """What a worker does about it every now and then. For one thread at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._suspensions = Suspensions(store)

    def look(self) -> list[Change]:
        """Look once; returns what was suspended."""
        found, changes = looked_at(self._store)
        suspended = {(each.camera_id, each.offence) for each in changes if each.is_suspended}
        done = []
        for each in found:
            if each.is_unbearable and (each.camera_id, each.offence) not in suspended:
                with suppress(QualityError):  # a supervisor or another worker was faster
                    done.append(self._suspend(each))
                suspended.add((each.camera_id, each.offence))
        _show(found, suspended)
        return done

    def _suspend(self, each: FalseFindings) -> Change:
        low, high = each.interval
        reason = (
            f"{each.false} of {each.decided} decided cases were rejected as false ({low * 100:.0f} to "
            f"{high * 100:.0f} % with 95 %); the policy bears {(each.terms.suspend_above or 0) * 100:.0f} %."
        )
        change = self._suspensions.set(each.camera_id, each.offence, True, BY_POLICY, reason)
        _events.warning("rule-suspended", camera=each.camera_id, offence=each.offence)
        return change


def _show(found: Sequence[FalseFindings], suspended: set[tuple[str, str]]) -> None:
    for gauge in (FALSE_FINDING_SHARE, FALSE_FINDING_ALARM, RULE_SUSPENDED):
        gauge.clear()
    for each in found:
        if each.decided >= each.terms.least_decided:
            FALSE_FINDING_SHARE.labels(each.camera_id, each.offence).set(each.share)
            FALSE_FINDING_ALARM.labels(each.camera_id, each.offence).set(each.is_alarming)
    for camera_id, offence in suspended:
        RULE_SUSPENDED.labels(camera_id, offence).set(1)
