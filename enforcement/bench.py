"""The judge's bench: all that is needed to judge a batch of passages, in one place.

The rules are pure; what they are told beside the passage comes from here: the road, the entry of a section,
the plate's other place, the register's answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from enforcement.batch import Batch, Refusal
from enforcement.case_plate import CasePlate
from enforcement.circumstances import Circumstances
from enforcement.deadlines import Due, due_of
from enforcement.distances import Distances
from enforcement.evidence_gaps import Need, needs_of
from enforcement.evidence_index import Fate
from enforcement.exempting import NO_LIST, Ground
from enforcement.exemptions.book import KnownExemptions
from enforcement.exemptions.standing_cases import leave_cases
from enforcement.identifying import Identifying, is_asked_about
from enforcement.judging import NO_ROAD, RULES, SECTION_RULES, Verdict, verdict_on
from enforcement.matching import Matched
from enforcement.policy import Policy
from enforcement.quality.suspensions import KnownSuspensions, without_suspended
from enforcement.reading import Order, Reading, order_of
from enforcement.register_asking import Register
from enforcement.register_table import ImportedRegister
from enforcement.reviewing.terms import ReviewTerms, terms_of
from enforcement.road import Road
from enforcement.rows import violation_id
from enforcement.rules.finding import Finding
from enforcement.sections import Match, SectionMemory
from enforcement.sightings import Sightings
from enforcement.store import Store
from enforcement.stripped import stripped
from streams.bus import Record
from streams.messages import Passage

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """A finding that becomes a case, with its plate, its match in the register, deadline and terms."""

    passage: Passage
    finding: Finding
    plate: CasePlate
    matched: Matched
    due: Due | None = None
    terms: ReviewTerms | None = None


@dataclass(frozen=True)
class SetAside:
    """A finding that an exemption set aside, and why."""

    passage: Passage
    finding: Finding
    ground: Ground


@dataclass
class Judgements:
    """What came of a batch.

    ``judged`` are its passages, each with what becomes of its pictures, most of them without what names a
    vehicle; ``waiting`` those of them that may have another half, each with the section. ``matches`` are the
    vehicles that left a section, also where they were seen before this batch; ``kept`` are passages at both
    ends whose pictures a finding needs.
    """

    judged: list[tuple[Passage, Fate]] = field(default_factory=list)
    waiting: list[tuple[Passage, str]] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    kept: list[Passage] = field(default_factory=list)

    @property
    def released(self) -> set[str]:
        """Ids of the passages without a finding, whose evidence is to be erased."""
        return {passage.passage_id for passage, fate in self.judged if fate == "released"}

    @property
    def needs(self) -> list[Need]:
        """Every piece of evidence that the cases found need."""
        return [
            need
            for each in self.found
            for need in needs_of(
                violation_id(each.passage.passage_id, each.finding.offence), each.passage, each.finding
            )
        ]


_NO_PLATE, _NOT_ASKED = CasePlate(), Matched("none")


@dataclass(slots=True)
class _Hearing:
    """One passage before the rules; ``match`` where it is heard as the exit of a section.

    ``waits`` are the sections in which it may have another half.
    """

    seen: Circumstances
    policy: Policy
    verdict: Verdict
    match: Match | None = None
    waits: tuple[str, ...] = ()
    plate: CasePlate = _NO_PLATE
    matched: Matched = _NOT_ASKED

    @property
    def is_exit(self) -> bool:
        return self.match is not None


class Bench:
    """Judges batches; remembers who is in a section and where plates were seen. Not for several threads."""

    def __init__(
        self,
        store: Store,
        policies: Mapping[str, Policy],
        roads: Mapping[str, Road] | None = None,
        distances: Distances | None = None,
        *,
        reading: Reading | None = None,
        register: Register | None = None,
    ) -> None:
        """Judge by ``policies`` and ``roads`` by camera id, with ``register`` or the one in ``store``.

        Raises:
            PolicyError: when a section names a line that is not on the road of its camera.
        """
        self._store = store
        #: By camera.
        self.policies = policies
        self._roads = roads or {}
        self._identifying = Identifying(register or ImportedRegister(store))
        self._exemptions = KnownExemptions(store)
        self._exempt = NO_LIST
        self._suspensions = KnownSuspensions(store)
        self._suspended: frozenset[tuple[str, str]] = frozenset()
        #: How far the passages have been read: what decides when somebody is forgotten.
        self.reading = reading or Reading()
        self.sections = SectionMemory(policies, self._roads, self.reading)
        self._sightings = Sightings(policies, distances or Distances(), self.reading)

        sections = [section.longest_s for policy in policies.values() for section in policy.sections]
        plates = [policy.cloned_plate.memory_s for policy in policies.values() if policy.cloned_plate]
        #: For how long plates are remembered at most; 0 where no policy needs it.
        self.remembers_ns = round(max([0.0, *sections, *plates]) * 1e9)

    def judge_in(self, partitions: frozenset[int]) -> frozenset[str]:
        """From now on judge what ends in these partitions of the passages, and nothing else.

        Returns:
            The cameras whose passages it must remember for that, wherever they lie.
        """
        place = self.reading.partition
        mine = {
            each.id: each for each in self.sections.sections.values() if place(each.exit_camera) in partitions
        }
        self.sections.judge_only(mine)
        needed = {camera for each in mine.values() for camera in (each.entry_camera, each.exit_camera)}
        if any(place(camera) in partitions for camera in self._sightings.cameras):
            needed |= self._sightings.cameras
        else:
            self._sightings.clear()
        return frozenset(needed)

    def remember(self, passage: Passage, order: Order) -> None:
        """Remember a passage that is judged elsewhere or was judged before; what is known stays as it is."""
        if passage.camera_id in self.policies:
            self.sections.observe(passage, order)
            self._sightings.observe(passage, order)

    def judge(self, batch: Batch, heard: Callable[[], None] = lambda: None) -> Judgements:
        """Judge the passages of ``batch``; those of a camera without a policy are added to its ``refused``.

        ``heard`` is called when the rules were asked, before what they found is looked up in the store. What
        is remembered is given again for a batch that comes again, until :meth:`SectionMemory.settle`.
        """
        self._exempt, self._suspended = self._exemptions.now(), self._suspensions.now()
        judgements = Judgements()
        hearings = self._hear_all(batch, judgements)
        heard()
        judgements.matches = self.sections.matches()
        hearings += [self._hear_match(match) for match in judgements.matches]
        self._leave_cases(hearings)
        before = [each.verdict for each in hearings]
        self._identifying.identify(hearings, self._exempt)
        # Of papers, which were only judged now.
        self._leave_cases(
            [each for each, verdict in zip(hearings, before, strict=True) if each.verdict is not verdict]
        )
        self._sightings.forget()
        self._conclude(hearings, judgements)
        return judgements

    def _hear_all(self, batch: Batch, judgements: Judgements) -> list[_Hearing]:
        """Hear the passages one by one; what becomes of most is known at once, the other hearings go on.

        Each is let go before the next one is decoded: a batch of decoded passages is far larger than what a
        processor keeps at hand, and to fetch it again took a quarter of a worker's time.
        """
        hearings: list[_Hearing] = []
        read: list[Record] = []
        for record, passage in batch.passages():
            read.append(record)
            policy = self.policies.get(passage.camera_id)
            if policy is None:
                camera = passage.camera_id
                reason = f"no policy for camera '{camera}'; give this worker its site and resend it."
                batch.refused.append(Refusal(record, "no-policy", reason))
                continue
            hearing = self._hear(passage, policy, order_of(record))
            verdict, waits = hearing.verdict, hearing.waits
            if verdict.findings or verdict.set_aside or is_asked_about(policy):
                hearings.append(hearing)
                continue
            kept = stripped(passage)
            judgements.judged.append((kept, "awaited" if waits else "released"))
            judgements.waiting += [(kept, section) for section in waits]
        self.reading.read(read)
        return hearings

    def _hear(self, passage: Passage, policy: Policy, order: Order) -> _Hearing:
        if not policy.is_valid_at(passage.started_at_ns):
            _log.warning(
                "passage %s of camera %s is not judged: policy %s, version %s, does not hold at its time",
                passage.passage_id,
                passage.camera_id,
                policy.id,
                policy.version,
            )
        waits = self.sections.observe(passage, order)
        elsewhere = self._sightings.observe(passage, order)
        seen = Circumstances(passage, self._road(passage), elsewhere=elsewhere)
        return _Hearing(seen, policy, verdict_on(seen, policy, RULES, self._exempt), waits=waits)

    def _hear_match(self, match: Match) -> _Hearing:
        policy = self.policies[match.left.camera_id]
        seen = Circumstances(match.left, self._road(match.left), section=match.entry)
        return _Hearing(seen, policy, verdict_on(seen, policy, SECTION_RULES, self._exempt), match)

    def _road(self, passage: Passage) -> Road:
        return self._roads.get(passage.camera_id, NO_ROAD)

    def _leave_cases(self, hearings: list[_Hearing]) -> None:
        found = [each for each in hearings if each.verdict.findings or each.verdict.set_aside]
        judged = [
            (passage, without_suspended(passage, each.verdict, self._suspended))
            for each in found
            for passage in (each.seen.passage,)
        ]
        for hearing, verdict in zip(found, leave_cases(self._store, judged), strict=True):
            hearing.verdict = verdict

    def _conclude(self, hearings: list[_Hearing], judgements: Judgements) -> None:
        for hearing in hearings:
            passage, findings = hearing.seen.passage, hearing.verdict.findings
            judgements.found += [
                Found(
                    passage,
                    each,
                    hearing.plate,
                    hearing.matched,
                    due_of(passage, each.offence, hearing.policy),
                    terms_of(passage, each, hearing.plate, hearing.policy.review),
                )
                for each in findings
            ]
            judgements.set_aside += [SetAside(passage, *each) for each in hearing.verdict.set_aside]
            if hearing.match is not None:
                judgements.kept += [hearing.match.entered, passage] if findings else []
                continue
            judgements.waiting += [(passage, section) for section in hearing.waits]
            fate: Fate = "kept" if findings else "awaited" if hearing.waits else "released"
            judgements.judged.append((passage, fate))
