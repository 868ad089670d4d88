"""Many officers at once: each asks for the next case, looks, answers, now and then twice or takes it back.

What they did is held against what the store and the audit have of it.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import httpx

from dashboards.sign_in.rights import Role
from enforcement.casebook import Case
from enforcement.desk.audit_book import AuditBook, AuditFilter
from enforcement.reviewing.course import UNDECIDED
from enforcement.reviewing.faults import CHECKS
from tests.dashboards.conftest import SESSION_COOKIE, BackOffice
from tests.dashboards.invented_passages import SCENES, Invented

#: Half of the cases are seen by two officers, and an answer may be taken back.
LAW = "\n[review]\nshare = 0.5\nundo_minutes = 5\n"
_PATIENCE_S = 3_600.0
#: Who wants an answer back looks for that long whether it can be had.
_REGRET_S = 10.0


def scenes(number: int) -> list[Invented]:
    """So many cases, each a minute after the other and none like another."""
    return [
        replace(
            SCENES[0], speed_kmh=round(88 + each * 37 % 61 + each / 1000, 3), after_s=60.0 * each, seed=each
        )
        for each in range(number)
    ]


@dataclass
class Done:
    """What the officers did, by case: who had it open from when until when, and what the pages answered."""

    held: dict[str, list[tuple[float, float, str]]] = field(default_factory=dict)
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    taken_back: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: int = 0
    sent_twice: int = 0
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class ManyOfficers:
    """So many officers, every fourth of them a supervisor too, at the pages under ``site``."""

    def __init__(self, office: BackOffice, site: str, officers: int) -> None:
        self.done = Done()
        self._office = office
        self._site = site
        self._threads = [
            threading.Thread(target=self._work, args=(f"officer-{number:02}", number), daemon=True)
            for number in range(officers)
        ]
        self._stop = threading.Event()

    def work(self, on_progress: Callable[[int], None] = lambda decided: None) -> float:
        """Let them decide all cases; how long that took, s. ``on_progress`` is told how many are decided."""
        began = time.monotonic()
        for thread in self._threads:
            thread.start()
        while any(map((counts := self._office.book.count()).get, UNDECIDED)):
            on_progress(sum(number for status, number in counts.items() if status not in UNDECIDED))
            if time.monotonic() > began + _PATIENCE_S:
                self.done.problems.append(f"after {_PATIENCE_S:.0f} s: {self._office.book.count()}")
                break
            time.sleep(0.2)
        took_s = time.monotonic() - began
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
        return took_s

    def _work(self, name: str, number: int) -> None:
        roles = {Role.REVIEWER, Role.SUPERVISOR} if number % 4 == 0 else {Role.REVIEWER}
        chance = random.Random(name)
        token = self._office.session(name, roles)
        try:
            with httpx.Client(base_url=self._site, cookies={SESSION_COOKIE: token}, timeout=60.0) as browser:
                address = "/next"
                while not self._stop.is_set():
                    address = self._turn(browser, name, chance, address)
        except Exception as error:  # whatever ends an officer's day is part of what was found
            self.done.problems.append(f"{name}: {type(error).__name__}: {error}")

    def _turn(self, browser: httpx.Client, name: str, chance: random.Random, address: str) -> str:
        """Open what the page named, answer it where it asks, and return what it names next."""
        if not address.startswith("/cases/"):
            time.sleep(0.05)
            return browser.get("/next").headers["location"]
        case_id, page = address.removeprefix("/cases/"), browser.get(address).text
        opened_s = time.monotonic()
        fields = {
            field: found[1]
            for field in ("csrf_token", "form_id", "review")
            if (found := re.search(rf'name="{field}" value="([^"]*)"', page))
        }
        if "review" not in fields:
            return "/"
        rejects = chance.random() < 0.25
        answer: dict[str, str | list[str]] = {**fields, "outcome": "rejected" if rejects else "confirmed"}
        answer |= {"reason_code": "plate_wrong"} if rejects else {"checked": list(CHECKS)}
        twice = chance.random() < 0.1
        for _ in range(1 + twice):
            response = self._send(browser, f"{address}/decision", answer)
        with self.done.lock:
            self.done.held.setdefault(case_id, []).append((opened_s, time.monotonic(), name))
            self.done.sent_twice += twice
            self.done.refused += response.status_code == 409
            self.done.taken[name, case_id] += response.status_code == 303
            if response.status_code not in (303, 409):
                self.done.problems.append(f"{name}: {response.status_code} at {address}")
        if response.status_code == 303 and chance.random() < 0.1:
            self._take_back(browser, name, case_id)
        return str(response.headers.get("location", "/"))

    def _take_back(self, browser: httpx.Client, name: str, case_id: str) -> None:
        until_s, fields = time.monotonic() + _REGRET_S, dict[str, str]()
        while "withdraws" not in fields and time.monotonic() < until_s:  # until it is recorded
            time.sleep(0.2)
            page = browser.get(f"/cases/{case_id}").text
            fields = {
                field: found[1]
                for field in ("csrf_token", "withdraws")
                if (found := re.search(rf'name="{field}" value="([^"]*)"', page))
            }
        if "withdraws" in fields:
            response = self._send(browser, f"/cases/{case_id}/undo", fields)
            with self.done.lock:
                self.done.taken_back[name, case_id] += response.status_code == 303

    def _send(
        self, browser: httpx.Client, address: str, fields: dict[str, str] | dict[str, str | list[str]]
    ) -> httpx.Response:
        return browser.post(address, data=fields, headers={"origin": self._site})


def faults(office: BackOffice, case_ids: Sequence[str], done: Done) -> list[str]:
    """What is not as it has to be, as sentences; empty where each case was decided once, and entered."""
    found = list(done.problems)
    counted: Counter[tuple[str, str]] = Counter()
    withdrawn: Counter[tuple[str, str]] = Counter()
    for case_id in case_ids:
        case = office.book.case(case_id)
        if case is None:
            found.append(f"{case_id} is gone")
            continue
        found += _faults_of(case)
        for answer, (effect, _) in zip(case.answered.answers, case.answered.course.effects, strict=True):
            if effect == "counted":
                kind = withdrawn if answer.outcome == "withdrawn" else counted
                kind[answer.officer, case_id] += 1
    # One who was told that an answer is recorded finds it among those that count, and nobody else's.
    found += _differences("answers", done.taken, counted) + _differences("undone", done.taken_back, withdrawn)
    audit = AuditBook(office.desk.file)
    for action, did in (("decided", counted), ("undid", withdrawn)):
        entered = Counter((each.who, each.subject) for each in audit.walk(AuditFilter(action=action)))
        missing = did - entered
        found += [f"no entry '{action}' of {who} for {case}" for who, case in missing]
    return found + _held_by_two(done)


def _faults_of(case: Case) -> list[str]:
    course, terms = case.answered.course, case.answered.terms
    said = f"{case.summary.case_id} is {course.status}"
    if course.ruling is None:
        return [f"{said}, not decided"]
    if case.summary.status != course.status:
        return [f"{said}, and shown as {case.summary.status}"]
    needed = 1 + bool(terms.reasons) + (course.ruling not in (course.first, course.second))
    if len(course.reviewers) != needed:
        return [f"{said} by {course.reviewers}, where {needed} had to answer"]
    return []


def _differences(what: str, told: Counter[tuple[str, str]], kept: Counter[tuple[str, str]]) -> list[str]:
    told = +told
    return [
        f"{what} of {who} to {case}: {told[who, case]} said to be recorded, {kept[who, case]} are"
        for who, case in {*told, *kept}
        if told[who, case] != kept[who, case]
    ]


def _held_by_two(done: Done) -> list[str]:
    found = []
    for case_id, held in done.held.items():
        held.sort()
        for (_, until_s, one), (from_s, _, other) in pairwise(held):
            if one != other and from_s < until_s:
                found.append(f"{case_id} was open to answer at {one} and {other} at once")
    return found
