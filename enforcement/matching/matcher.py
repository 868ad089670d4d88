"""Finds the candidates of readings in a register: many readings at once, one question to the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enforcement.case_plate import CasePlate, doubt_left_out
from enforcement.grammars import Prior
from enforcement.grammars.lattice import Lattice, certain
from enforcement.law.matching import Matching
from enforcement.matching.answer import Candidate, Match, Matched
from enforcement.matching.appearance import Seen, odds_of
from enforcement.matching.channel import Channel, channel_of
from enforcement.matching.explaining import explain_candidate, explain_match
from enforcement.matching.reader_errors import ReaderErrors, errors_of
from enforcement.matching.texts import likely_texts
from enforcement.matching.weighing import Found, Posteriors, weigh_candidates
from enforcement.register import Keeper, normalise
from enforcement.register_asking import Register
from streams.messages import PlateReading


@dataclass(frozen=True)
class Asked:
    """A reading whose vehicle is looked for: what was read, what was seen, and by which law.

    ``plate`` is the reading weighed by formats; ``cases`` are the ids of the cases that it is asked for;
    ``reader`` is who read it, as the passage says.
    """

    reading: PlateReading | None
    plate: CasePlate
    seen: Seen = field(default_factory=Seen)
    prior: Prior = field(default_factory=Prior.of)
    law: Matching = field(default_factory=Matching)
    cases: tuple[str, ...] = ()
    reader: str = ""


_LEAST_PART = 1e-4


@dataclass(frozen=True)
class _Question:
    asked: Asked
    channel: Channel
    chances: dict[str, float]


class Matcher:
    """Matches readings against a register. Not for several threads."""

    def __init__(self, register: Register, errors: ReaderErrors | None = None) -> None:
        """Ask ``register``; ``errors`` hold for any reader, without them each reader's own."""
        self._register = register
        self._errors = errors

    def match(self, readings: Sequence[Asked]) -> list[Matched]:
        """The answer for each of ``readings``, in their order.

        Raises:
            StoreUnreachable: where the register does not answer.
        """
        size = self._register.size() if readings else 0
        questions = [self._question(asked) if size else None for asked in readings]
        texts: dict[str, None] = {}
        cases: dict[str, None] = {}
        for question in questions:
            if question is not None:
                texts.update(dict.fromkeys(question.chances))
                cases.update(dict.fromkeys(question.asked.cases))
        known = self._register.find(list(texts), list(cases)) if texts else {}
        return [
            _answer(question, known, size) if question is not None else Matched("none", why=_unasked(size))
            for question in questions
        ]

    def _question(self, asked: Asked) -> _Question | None:
        lattice = _lattice_of(asked)
        if not lattice:
            return None
        errors = self._errors or errors_of(asked.reader)
        doubt = doubt_left_out(asked.reading) if asked.reading is not None else 1.0
        channel = channel_of(lattice, errors, overlooked=1.0 - doubt)
        likely = likely_texts(channel.seen)
        # What the case is about is asked first.
        likely = list(dict.fromkeys([text for text in (asked.plate.text, *likely) if text]))
        chances = _chances(self._register.worth_asking(likely), channel)
        # The likeliest text in any case: an import may be newer than what the register remembers.
        for text in likely[:1]:
            chances.setdefault(text, channel.likelihood(text))
        return _Question(asked, channel, chances)


def _chances(plates: Sequence[str], channel: Channel) -> dict[str, float]:
    """Their likelihoods, without what cannot be offered beside the likeliest, however alike it looks."""
    chances = {plate: channel.likelihood(plate) for plate in plates}
    least = _LEAST_PART * max(chances.values(), default=0.0)
    return {plate: chance for plate, chance in chances.items() if chance >= least}


def _lattice_of(asked: Asked) -> Lattice:
    reading = asked.reading
    if reading is None:
        return ()
    text = normalise(reading.text or "")
    return reading.lattice or (certain(text, reading.confidence) if text else ())


def _answer(question: _Question, known: Mapping[str, Keeper], size: int) -> Matched:
    asked, law = question.asked, question.asked.law
    keepers = {plate: known[plate] for plate in question.chances if plate in known}
    found = {
        plate: Found(question.chances[plate], odds_of(asked.seen, keeper))
        for plate, keeper in keepers.items()
    }
    posteriors = weigh_candidates(question.channel, found, size, law, asked.prior)
    ranked = sorted(posteriors.plates.items(), key=lambda item: (-item[1], item[0]))
    offered = [(plate, posterior) for plate, posterior in ranked if posterior >= law.offered][: law.most]
    candidates = tuple(
        Candidate(
            plate,
            posterior,
            explain_candidate(plate, asked.plate, asked.seen, keepers[plate]),
            keepers[plate],
        )
        for plate, posterior in offered
    )
    match = _match_of(candidates, posteriors, asked)
    return Matched(
        match,
        candidates,
        posteriors.none_of_these,
        posteriors.foreign,
        explain_match(match, candidates, posteriors, asked.plate),
    )


def _match_of(candidates: Sequence[Candidate], posteriors: Posteriors, asked: Asked) -> Match:
    beyond = posteriors.none_of_these
    if candidates and not beyond >= asked.law.certain:
        # No register overrules what was read: a vehicle whose plate is another one, however likely, and any
        # vehicle where nothing could be read, is for an officer to choose who looks at the picture.
        is_settled = normalise(asked.plate.text or "") == candidates[0].plate
        return "certain" if is_settled and candidates[0].posterior >= asked.law.certain else "ambiguous"
    return "foreign" if posteriors.foreign > 0.5 else "none"


def _unasked(size: int) -> str:
    if not size:
        return "No keeper found for this plate: no register was imported."
    return "The plate is unreadable, so no keeper could be looked up."
