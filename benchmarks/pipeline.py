"""How fast the whole chain is on a clip, decode to store, and where the time goes.

    python benchmarks/pipeline.py CLIP [--site examples/sites/gantry.toml] [--repeat 3]

The peer in the same run is the vehicle detector alone on the same frames: what is left above it is ours.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from detectors.capture import open_source
from detectors.stageclock import StageClock
from roadwitness.data_folder import DataFolder
from roadwitness.running import analyse, open_house
from roadwitness.site import load_site
from roadwitness.site_law import policy_of
from roadwitness.wiring import open_eyes

console = Console()
GANTRY = Path(__file__).parents[1] / "examples" / "sites" / "gantry.toml"


def detector_alone(clip: str) -> float:
    """Frames a second of decoding and vehicle detection, nothing else."""
    eyes, source = open_eyes(), open_source(clip, 0)
    started = time.perf_counter()
    frames = sum(1 for frame in source.frames() if eyes.vehicles.detect_road_users(frame.image))
    source.close()
    return frames / (time.perf_counter() - started)


def whole_chain(clip: str, site_file: Path, folder: Path) -> tuple[float, dict[str, float]]:
    """Frames a second from decode to rows in the store, and seconds by stage."""
    site = load_site(site_file)
    policy = policy_of(site)
    eyes = open_eyes()
    with (
        closing(open_source(clip, site.recorded_at_ns)) as frames,
        open_house(DataFolder.open(folder), {site.file.camera.id: policy}) as house,
    ):
        started = time.perf_counter()
        clock = StageClock()
        seen = analyse(house, site, frames, eyes, policy, clock=clock)
        elapsed = time.perf_counter() - started
        stages = {name: stage.seconds for name, stage in clock.stages.items()}
        stages["waiting for frames, publishing, draining"] = elapsed - clock.total_s
    return seen.frames / elapsed, stages


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip")
    parser.add_argument("--site", type=Path, default=GANTRY)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    for number in range(1, options.repeat + 1):
        with tempfile.TemporaryDirectory() as folder:
            rate, stages = whole_chain(options.clip, options.site, Path(folder))
        alone = detector_alone(options.clip)
        table = Table(title=f"run {number}: {rate:.1f} frames/s decode to store; detector alone {alone:.1f}")
        table.add_column("stage")
        table.add_column("seconds", justify="right")
        table.add_column("share", justify="right")
        total = sum(stages.values())
        for name, seconds in sorted(stages.items(), key=lambda item: -item[1]):
            table.add_row(name, f"{seconds:.2f}", f"{seconds / total:.0%}")
        console.print(table)
        console.print(f"ratio to the detector alone: {rate / alone:.2f}")


if __name__ == "__main__":
    main()
