"""What a passage costs in other encodings than the one on the bus: the figures of docs/decisions/0045.

    python benchmarks/encodings.py

The same passages of an open road, without plate and leader, as JSON with all digits that a double has, as
JSON as it is sent (a track is told to a hundredth of a pixel and a millimetre), and as MessagePack. Bytes are
given as they are, compressed one by one, and compressed two hundred together.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from statistics import mean
from typing import Any

import msgspec
import zstandard
from judged_traffic import Site
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from streams.messages import Passage, TrackPoint

ROUNDS = 7
TOGETHER = 200


def main() -> None:
    """Measure and print."""
    plain = [each for each in Site.invented(700, junction=False).passages if not (each.plate or each.leader)]
    json = msgspec.json.Encoder().encode, msgspec.json.Decoder(Passage).decode
    packed = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Passage).decode
    points = mean(len(each.track) for each in plain)
    table = Table(
        "encoding",
        "bytes",
        "zstd, one",
        "zstd, 200",
        "write, us",
        "read, us",
        title=f"a passage of {points:.0f} points",
    )
    for name, passages, (write, read) in (
        ("JSON, all digits", [spelt_out(each) for each in plain], json),
        ("JSON", plain, json),
        ("MessagePack", plain, packed),
    ):
        messages = [write(each) for each in passages]
        press = zstandard.ZstdCompressor().compress
        sizes = (
            mean(map(len, messages)),
            mean(len(press(each)) for each in messages),
            len(press(b"".join(messages[:TOGETHER]))) / TOGETHER,
        )
        times = f"{each_us(write, passages):.1f}", f"{each_us(read, messages):.1f}"
        table.add_row(name, *(f"{size:,.0f}" for size in sizes), *times)
    Console().print(table)


def spelt_out(seen: Passage) -> Passage:
    """The passage with the digits that rounding takes away."""
    chance = random.Random(seen.passage_id)

    def longer(value: float | None) -> float | None:
        return None if value is None else value + chance.uniform(-0.0005, 0.0005)

    track = (
        TrackPoint(
            each.captured_at_ns, *map(longer, (each.x_px, each.y_px, each.x_m, each.y_m, each.sigma_m))
        )
        for each in seen.track
    )
    return replace(seen, track=tuple(track))


def each_us(work: Callable[[Any], object], things: Sequence[Any]) -> float:
    """Microseconds of this process for each thing, in the fastest of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for each in things:
            work(each)
        seconds.append(time.process_time() - started)
    return min(seconds) / len(things) * 1e6


if __name__ == "__main__":
    main()
