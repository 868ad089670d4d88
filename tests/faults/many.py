"""Plays many seeds, one after the other or several at once, each process with brokers of its own."""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.util
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.faults.play import House, Outcome, open_house, play
from tests.faults.schedule import plan

_house: House | None = None  # of a process that plays seeds for another


def played(seeds: Sequence[int], jobs: int, keep: Path) -> Iterator[Outcome]:
    """The outcomes as they come; the folders of seeds that fail are kept below ``keep``.

    Those with one broker come first: three more that wait for their turn would take time from all others.
    """
    seeds = sorted(seeds, key=lambda seed: plan(seed).brokers)
    if jobs == 1:
        _be_quiet()
        with open_house() as house:
            yield from (play(house, seed, keep) for seed in seeds)
        return
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawned, initializer=_open_own_house) as pool:
        under_way = [pool.submit(_play_in_own_house, seed, keep) for seed in seeds]
        yield from (each.result() for each in as_completed(under_way))


def _open_own_house() -> None:
    global _house
    _be_quiet()
    opened = open_house()
    _house = opened.__enter__()
    # A process of a pool ends without the usual farewells.
    multiprocessing.util.Finalize(None, opened.__exit__, (None, None, None), exitpriority=1)


def _play_in_own_house(seed: int, keep: Path) -> Outcome:
    assert _house is not None
    return play(_house, seed, keep)


def _be_quiet() -> None:
    """These log each failed connection at length, and here connections fail."""
    for noisy in ("kafka", "urllib3.connectionpool", "clickhouse_connect"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
