"""What the short clips cost: the roadside pipeline on one clip, with evidence, without clips and with them.

    python benchmarks/clips.py CLIP [--site SITE] [--wanted-every 10] [--rounds 2]

Both take turns on the same frames. One passage in so many counts as wanted, which is what a rule of the site
may concern; the others leave neither plate nor picture, as everywhere. One in 10 is far more than any road
has, 1 makes evidence of everything that passes.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from detectors.capture import open_source
from detectors.stageclock import StageClock
from roadwitness.site import EvidenceSettings, Site, load_site
from roadwitness.wiring import Eyes, build_pipeline, open_eyes
from streams.messages import Passage

GANTRY = Path(__file__).parent.parent / "examples" / "sites" / "gantry.toml"
console = Console()


@dataclass(frozen=True)
class Round:
    """One pass over the clip: frames, seconds on the wall and of the processor, and what was made."""

    frames: int
    seconds: float
    cpu_s: float
    passages: int
    clip_s: float
    sizes: tuple[int, ...]

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.frames / self.seconds


def see(clip: str, site: Site, eyes: Eyes, every: int, clips: bool) -> Round:
    """Everything from decoding to evidence, once."""
    file = msgspec.structs.replace(site.file, evidence=EvidenceSettings(clip=clips))
    clock = StageClock()
    pipeline = build_pipeline(eyes, file, wanted=one_in(every), sealing_key=None, clock=clock)
    source = open_source(clip, site.recorded_at_ns)
    started, cpu = time.perf_counter(), time.process_time()
    frames, closed = 0, []
    for frame in source.frames():
        frames += 1
        closed += pipeline.process(frame)
    closed += pipeline.finish()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    source.close()
    sizes = tuple(len(item.content) for one in closed for item in one.evidence if "video" in item.media_type)
    stage = clock.stages.get("clip")
    return Round(frames, seconds, cpu, len(closed), stage.seconds if stage else 0.0, sizes)


def one_in(every: int) -> Callable[[Passage], bool]:
    """Wants one passage in ``every``, always the same ones, as often as it is asked about one."""
    count = itertools.count()
    known: dict[str, bool] = {}
    return lambda passage: known.setdefault(passage.passage_id, next(count) % every == 0)


def main() -> None:
    """Measure in turns and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clip")
    parser.add_argument("--site", type=Path, default=GANTRY)
    parser.add_argument("--wanted-every", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    site = load_site(options.site)
    eyes = open_eyes(site)
    load = os.getloadavg()[0]
    rounds: dict[bool, list[Round]] = {False: [], True: []}
    for _ in range(options.rounds):
        for clips in rounds:
            rounds[clips].append(see(options.clip, site, eyes, options.wanted_every, clips))
    table = Table(title=f"one passage in {options.wanted_every} wanted; load {load:.1f} at the start")
    for name in ("", "frames/s", "CPU s", "passages", "clips", "s each", "KB: median, largest"):
        table.add_column(name, justify="left" if not name else "right")
    for clips, made in rounds.items():
        for one in made:
            count = len(one.sizes)
            each = f"{one.clip_s / count:.2f}" if count else ""
            size = f"{median(one.sizes) / 1e3:.0f}, {max(one.sizes) / 1e3:.0f}" if count else ""
            row = [f"{one.rate:.1f}", f"{one.cpu_s:.1f}", str(one.passages), str(count), each, size]
            table.add_row("with clips" if clips else "without", *row)
    console.print(table)
    console.print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
