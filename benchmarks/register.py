"""How well plates are matched to a register of a million, beside exact match in the same run.

    python benchmarks/register.py [--plates 1000000] [--vehicles 3000] [--reader own] [--keep own.json]

The register is invented (plates of the simulator's Germany, some 64 million possible ones). Of the vehicles
that pass, 7 % are of other countries and 3 % are not in the register; each is photographed three to six
times, read by our reader and combined as the roadside does (benchmarks/register_reads.py). ``--keep`` writes
what was read, or reads it again where the file is there. Exact match is the peer: it knows only whether the
register has the plate of the case. A thing is right where it is the vehicle that passed; "none" and "foreign"
are right where the register does not have it. The bars: of what is offered as certain 99 % is right, and the
median look-up takes 5 ms at most, one reading at a time.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from register_reads import HOME, Drive, Registered, invent_register, keep_drives, kept_drives, read_drives
from rich.console import Console
from rich.table import Table

from detectors.reading import open_reader
from enforcement.case_plate import plate_of_case
from enforcement.grammars import Prior
from enforcement.law.matching import Matching
from enforcement.matching import Asked, Matched, Matcher, Seen
from enforcement.quality.intervals import wilson
from enforcement.register import import_register, match
from enforcement.register_table import ImportedRegister
from enforcement.store import Store

RIGHT_BAR, LOOK_UP_BAR_MS = 0.99, 5.0
NARROWEST_PX, WIDEST_PX = 55.0, 180.0
CLASS_CONFIDENCE = 0.9
_BINS = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 0.995, 1.0)
console = Console()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plates", type=int, default=1_000_000)
    parser.add_argument("--vehicles", type=int, default=3_000)
    parser.add_argument("--reader", default="own")
    parser.add_argument("--seed", type=int, default=202)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    register = invent_register(options.plates, 1)
    if options.keep and options.keep.exists():
        drives = kept_drives(options.keep)
    else:
        opened = open_reader(options.reader, threads=1)
        drives = list(read_drives(register, opened, options.vehicles, options.seed, NARROWEST_PX, WIDEST_PX))
        if options.keep:
            keep_drives(options.keep, drives)
    with tempfile.TemporaryDirectory() as folder:
        store = filled_store(Path(folder), register)
        plates = len(register.plates)
        del register
        report(drives, store, plates, options.reader)
        store.close()


def filled_store(folder: Path, register: Registered) -> Store:
    """A store into which the register was imported, as Parquet."""
    store = Store.embedded(folder / "store")
    store.migrate()
    numbers = range(len(register.plates))
    columns = {
        "plate": register.plates,
        "keeper_id": [f"K{number}" for number in numbers],
        "keeper_name": [f"Keeper {number}" for number in numbers],
        "vehicle_class": register.classes,
        "make": register.makes,
        "colour": register.colours,
    }
    pq.write_table(pa.table(columns), folder / "register.parquet")
    began = time.perf_counter()
    report = import_register(store, folder / "register.parquet", replace=True)
    console.print(f"imported {report.imported} plates in {time.perf_counter() - began:.1f} s")
    return store


def report(drives: list[Drive], store: Store, plates: int, reader: str) -> None:
    """Match every drive both ways, and print what came of it."""
    prior, law = Prior.of({HOME: 0.9, "any": 0.1}), Matching(countries=(HOME,))
    matcher = Matcher(ImportedRegister(store))
    cases = [plate_of_case(drive.reading, prior) for drive in drives]
    asked = [
        Asked(drive.reading, plate, Seen(drive.seen_class, CLASS_CONFIDENCE), prior, law, (), reader)
        for drive, plate in zip(drives, cases, strict=True)
    ]
    matcher.match(asked[:1])  # the memory of the register is made once
    # A worker holds none of what this measurement holds, and collects rarely: keep it out of the way.
    gc.collect()
    gc.freeze()
    answers, matching_ms = [], []
    exact, exact_ms = [], []
    # Turn by turn, so that both see the machine as it is.
    for one, plate in zip(asked, cases, strict=True):
        began = time.perf_counter()
        answers += matcher.match([one])
        matching_ms.append(1e3 * (time.perf_counter() - began))
        began = time.perf_counter()
        exact.append(match(store, plate.text))
        exact_ms.append(1e3 * (time.perf_counter() - began))
    console.print(
        f"{len(drives)} vehicles, {plates} plates; {sum(d.registered for d in drives)} are registered"
    )
    _print_states(drives, answers)
    _print_beside(drives, answers, matching_ms, [k.plate if k else None for k in exact], exact_ms)
    _print_calibration(drives, answers)


def _print_states(drives: list[Drive], answers: list[Matched]) -> None:
    table = Table(title="what matching says")
    for column in ("match", "vehicles", "right", "95 % interval", "true one among those offered"):
        table.add_column(column, justify="right" if column != "match" else "left")
    for state in ("certain", "ambiguous", "none", "foreign"):
        mine = [(d, a) for d, a in zip(drives, answers, strict=True) if a.match == state]
        if state in ("none", "foreign"):
            right = sum(not d.registered for d, _ in mine)
        else:
            right = sum(a.candidates[0].plate == d.plate for d, a in mine)
        offered = sum(any(c.plate == d.plate for c in a.candidates) for d, a in mine)
        table.add_row(
            state, str(len(mine)), _share(right, len(mine)), _interval(right, len(mine)), str(offered)
        )
    console.print(table)


def _print_beside(
    drives: list[Drive],
    answers: list[Matched],
    matching_ms: list[float],
    exact: list[str | None],
    exact_ms: list[float],
) -> None:
    certain = [a.keeper.plate if a.keeper else None for a in answers]
    table = Table(title="keepers named without an officer's choice")
    for column in ("", "named", "right", "95 % interval", "wrong", "of the registered", "median", "p95"):
        table.add_column(column, justify="right" if column else "left")
    known = sum(drive.registered for drive in drives)
    for name, named, took_ms in (("matching", certain, matching_ms), ("exact match", exact, exact_ms)):
        given = [(d, plate) for d, plate in zip(drives, named, strict=True) if plate is not None]
        right = sum(d.plate == plate for d, plate in given)
        table.add_row(
            name,
            str(len(given)),
            _share(right, len(given)),
            _interval(right, len(given)),
            str(len(given) - right),
            _share(right, known),
            f"{statistics.median(took_ms):.2f} ms",
            f"{statistics.quantiles(took_ms, n=20)[-1]:.2f} ms",
        )
    console.print(table)
    given = [(d, plate) for d, plate in zip(drives, certain, strict=True) if plate is not None]
    part = sum(d.plate == plate for d, plate in given) / max(len(given), 1)
    median_ms = statistics.median(matching_ms)
    for what, figure, met in (
        (f"right of the certain, bar {RIGHT_BAR:.0%}", f"{part:.4f}", part >= RIGHT_BAR),
        (f"median look-up, bar {LOOK_UP_BAR_MS:g} ms", f"{median_ms:.2f} ms", median_ms <= LOOK_UP_BAR_MS),
    ):
        console.print(f"{what}: {figure}: {'met' if met else 'MISSED'}")


def _print_calibration(drives: list[Drive], answers: list[Matched]) -> None:
    stated: list[tuple[float, bool]] = []
    for drive, answer in zip(drives, answers, strict=True):
        stated += [(each.posterior, each.plate == drive.plate) for each in answer.candidates]
        if answer.candidates:
            among = any(each.plate == drive.plate for each in answer.candidates)
            stated.append((answer.none_of_these, not among))
    table = Table(title="posteriors of candidates and of 'none of these', where there are candidates")
    for column in ("stated", "how many", "stated on average", "true"):
        table.add_column(column, justify="right")
    error = 0.0
    for low, high in pairwise(_BINS):
        mine = [(p, true) for p, true in stated if low <= p < high or (high == 1.0 and p >= 1.0)]
        if mine:
            average = statistics.mean(p for p, _ in mine)
            part = sum(true for _, true in mine) / len(mine)
            error += len(mine) / len(stated) * abs(average - part)
            table.add_row(f"{low:g} to {high:g}", str(len(mine)), f"{average:.4f}", f"{part:.4f}")
    console.print(table)
    console.print(f"expected calibration error {error:.4f}")


def _share(right: int, count: int) -> str:
    return f"{right / count:.4f}" if count else "-"


def _interval(right: int, count: int) -> str:
    low, high = wilson(right, count)
    return f"{low:.4f} to {high:.4f}" if count else "-"


if __name__ == "__main__":
    main()
