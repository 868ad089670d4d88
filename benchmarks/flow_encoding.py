"""The first part of benchmarks/flow.py: messages to bytes and back, by what stands in a passage."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean

import msgspec
from flow_city import City
from flow_parts import Figure

from streams.encoding import decode, encode
from streams.messages import Passage


@dataclass(frozen=True)
class Kind:
    """A kind of passage, with what one of it costs on average: bytes, points of its track, microseconds."""

    name: str
    passages: int
    size: float
    points: float
    encode_us: float
    decode_us: float

    @property
    def together_us(self) -> float:
        """What it costs to write one and to read it."""
        return self.encode_us + self.decode_us


_AT_ONCE = 100
_KINDS: tuple[tuple[str, Callable[[Passage], bool]], ...] = (
    ("open road, no plate", lambda p: not p.lamps and p.plate is None and p.leader is None),
    ("open road, plate", lambda p: not p.lamps and p.plate is not None and p.leader is None),
    ("open road, leader's track", lambda p: not p.lamps and p.plate is None and p.leader is not None),
    ("junction", lambda p: bool(p.lamps)),
    ("all of the city", lambda p: True),
)


def kinds(city: City, count: int) -> list[Kind]:
    """Every kind among ``count`` passages of the city."""
    passages = list(city.passages(count))
    gc.collect()
    gc.freeze()
    return [_measured(name, [each for each in passages if belongs(each)]) for name, belongs in _KINDS]


def figures(city: City, count: int) -> list[Figure]:
    """What a core writes and reads a second, beside the library's own calls without our errors around."""
    passages = list(city.passages(count))
    messages = [encode(each) for each in passages]
    raw_encode, raw_decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Passage).decode
    return [
        Figure("encode", _rate(encode, passages), "msgspec alone", _rate(raw_encode, passages)),
        Figure("decode", _rate(_decoded, messages), "msgspec alone", _rate(raw_decode, messages)),
    ]


def _decoded(message: bytes) -> Passage:
    return decode(message, Passage)


def _measured(name: str, found: Sequence[Passage]) -> Kind:
    messages = [encode(each) for each in found[:_AT_ONCE]]
    # Decoded, so that the parts of each lie together, and few, so that they are at hand: as one just made.
    passages = [_decoded(each) for each in messages]
    return Kind(
        name,
        len(found),
        mean(map(len, messages)),
        mean(len(each.track) for each in passages),
        1e6 / _rate(encode, passages),
        1e6 / _rate(_decoded, messages),
    )


def _rate(work: Callable[[object], object], things: Sequence[object], repeat: int = 9) -> float:
    """Things a second of a core: the fastest of several rounds, in time of this process alone."""
    seconds = []
    for _ in range(repeat):
        started = time.process_time()
        for each in things:
            work(each)
        seconds.append(time.process_time() - started)
    return len(things) / min(seconds)
