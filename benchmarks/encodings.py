"""What a passage costs in other encodings than the one on the bus: the figures of docs/decisions/0045.

    python benchmarks/encodings.py

The same passages of an open road, without plate and leader, as JSON, as JSON with every number of the track
rounded to what it means (a hundredth of a pixel, a millimetre), and as MessagePack. Bytes are given as they
are, compressed one by one, and compressed two hundred together.
"""

from __future__ import annotations

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
        ("JSON", plain, json),
        ("JSON, rounded", [rounded(each) for each in plain], json),
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


def rounded(seen: Passage) -> Passage:
    """The passage with as many digits as its numbers mean."""
    return replace(seen, track=tuple(map(_rounded, seen.track)))


def _rounded(point: TrackPoint) -> TrackPoint:
    metres = (None if m is None else round(m, 3) for m in (point.x_m, point.y_m, point.sigma_m))
    return TrackPoint(point.captured_at_ns, round(point.x_px, 2), round(point.y_px, 2), *metres)


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
