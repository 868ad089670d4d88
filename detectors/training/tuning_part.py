"""Divides a train part into what is learnt from and what settings are chosen on.

    python -m detectors.training.tuning_part DATA OUT

``DATA`` holds ``images/train`` and ``labels/train``; OUT gets them as ``train`` and ``val``, by links. Frames
of a ride (names that end in a number and share the rest) are held out in runs, since neighbours look alike;
of other pictures every eighth is. The part that figures are published for is no part of this.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from detectors.training.labels import pictures

#: One in so many pictures chooses; of a ride, two runs of frames of half as many each.
ONE_IN = 8
#: Fewer frames than these are no ride.
_RIDE = 40


def held_out(stems: Sequence[str]) -> set[str]:
    """Which of the names choose settings; the same names, the same answer."""
    rides: dict[str, list[str]] = {}
    for stem in stems:
        head, _, number = stem.rpartition("_")
        rides.setdefault(head if head and number.isdigit() else "", []).append(stem)
    lone = sorted(rides.pop("", []))
    chosen: set[str] = set()
    for frames in rides.values():
        if len(frames) < _RIDE:
            lone += sorted(frames)
            continue
        ordered = sorted(frames, key=lambda stem: int(stem.rpartition("_")[2]))
        run = max(1, len(ordered) // (2 * ONE_IN))
        for start in (len(ordered) // 3, len(ordered) - run):
            chosen.update(ordered[start : start + run])
    chosen.update(lone[3::ONE_IN])
    return chosen


def main() -> None:
    """Write the links."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    images = list(pictures(options.data / "images/train"))
    chosen = held_out([image.stem for image in images])
    for image in images:
        part = "val" if image.stem in chosen else "train"
        label = options.data / "labels/train" / f"{image.stem}.txt"
        for kind, source in (("images", image), ("labels", label)):
            folder = options.out / kind / part
            folder.mkdir(parents=True, exist_ok=True)
            if source.exists():
                (folder / source.name).symlink_to(source.resolve())
    print(f"{len(images) - len(chosen)} pictures to learn from, {len(chosen)} to choose by.")


if __name__ == "__main__":
    main()
