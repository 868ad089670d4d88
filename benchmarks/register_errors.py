"""Counts how a reader errs beyond what it says: prints a file of enforcement/matching/readers.

    python benchmarks/register_errors.py own.json > enforcement/matching/readers/own.toml
    python benchmarks/register_errors.py own.json rapidocr.json > enforcement/matching/readers/any.toml

Each file holds what one reader made of vehicles whose plates are known (benchmarks/register.py --keep writes
it, a site can make one of cases that officers confirmed). Of several readers the worse counts, so that the
figures hold whichever is used. What a place truly shows is estimated together with how often the reader is
wrong (expectation maximisation), since a reader that says 60 % has said that it may be wrong. Look-alikes
that the simulator never prints (it has no I, O and Q) count at least as often as readers take them for each
other on American crops (detectors/models/reader.md).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from register_reads import Drive, kept_drives

from detectors.evaluation.confusions import aligned
from enforcement.grammars.alphabet import CHARACTERS, COLUMN, LATIN_SIZE
from enforcement.grammars.lattice import optics_of

_ROUNDS = 60
_MOST_WRONG = 3  # a reading that is further off is of something else than the plate
_SEEN_ONCE = 0.5  # added to counts of what was never seen: never in so many is not never
_ALIKE = {"0O": 0.02, "1I": 0.02, "0D": 2e-3, "0Q": 2e-3, "OQ": 2e-3, "OD": 2e-3}
_ALIKE |= dict.fromkeys(("8B", "5S", "2Z", "VY", "UV", "4A", "CG"), 1e-3)
_DOUBT = 3.0  # what never happened in these pictures may happen in others
_WORTH_NAMING = 10  # times as often as any other character
Reals = NDArray[np.float64]


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drives", nargs="+", type=Path)
    readers = [kept_drives(path) for path in parser.parse_args().drives]
    counted = [confused_parts(drives) for drives in readers]
    parts = np.max(np.stack(counted), axis=0)
    usual = parts[parts > 0.0]
    usual = usual[usual <= _WORTH_NAMING * np.median(usual)]
    misread = _DOUBT * float(usual.mean()) * (LATIN_SIZE - 1)
    for (one, other), least in ((tuple(pair), least) for pair, least in _ALIKE.items()):
        for seen, true in ((COLUMN[one], COLUMN[other]), (COLUMN[other], COLUMN[one])):
            parts[seen, true] = max(parts[seen, true], least)
    lengths = [wrong_lengths(drives) for drives in readers]
    count = sum(map(len, readers))
    print(f"# Counted by benchmarks/register_errors.py: {len(readers)} readers, {count} readings.")
    print(f"misread = {misread:.2g}")
    print(f"doubled = {max(one for one, _ in lengths):.2g}")
    print(f"overlooked = {max(one for _, one in lengths):.2g}")
    for seen, true in np.argwhere(parts > _WORTH_NAMING * misread / (LATIN_SIZE - 1)):
        print(f'\n[[confused]]\nseen = "{CHARACTERS[seen]}"\ntrue = "{CHARACTERS[true]}"')
        print(f"part = {parts[seen, true]:.2g}")


def confused_parts(drives: list[Drive]) -> Reals:
    """``[seen, true]``: the part of the places that show ``seen`` and are truly ``true``, Latin ones only."""
    shown, truth = _places(drives)
    parts = np.full((LATIN_SIZE, LATIN_SIZE), 1e-3 / LATIN_SIZE)
    np.fill_diagonal(parts, 0.0)
    often = shown.sum(axis=0)
    for _ in range(_ROUNDS):
        kept = 1.0 - parts.sum(axis=1)
        right = shown[np.arange(len(truth)), truth] * kept[truth]
        wrong = shown * parts[:, truth].T
        whole = right + wrong.sum(axis=1)
        counts = np.zeros_like(parts)
        np.add.at(counts.T, truth, wrong / whole[:, None])
        parts = (counts + _SEEN_ONCE / LATIN_SIZE) / (often + 1.0)[:, None]
        np.fill_diagonal(parts, 0.0)
    # A character that was hardly ever read says nothing.
    parts[often < 50.0] = 0.0
    return parts


def wrong_lengths(drives: list[Drive]) -> tuple[float, float]:
    """How often a place shows what is not there, and a gap hides a character, of legible readings."""
    pairs = [
        place for drive in drives if drive.reading.text for place in aligned(drive.plate, drive.reading.text)
    ]
    doubled = sum(not stood for stood, _ in pairs)
    overlooked = sum(not seen for _, seen in pairs)
    return (doubled + _SEEN_ONCE) / len(pairs), (overlooked + _SEEN_ONCE) / len(pairs)


def _places(drives: list[Drive]) -> tuple[Reals, NDArray[np.intp]]:
    """Every place of the readings that are as long as their plates: its probabilities, and what is there."""
    shown, truth = [], []
    for drive in drives:
        lattice = drive.reading.lattice
        if len(lattice) != len(drive.plate) or any(character not in COLUMN for character in drive.plate):
            continue
        seen = optics_of(lattice)
        best = "".join(CHARACTERS[column] for column in seen.named.argmax(axis=1))
        if sum(one != other for one, other in zip(best, drive.plate, strict=True)) > _MOST_WRONG:
            continue
        shown.append(seen.whole[:, :LATIN_SIZE])
        truth += [COLUMN[character] for character in drive.plate]
    return np.concatenate(shown), np.array(truth)


if __name__ == "__main__":
    main()
