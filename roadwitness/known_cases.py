"""Keeping invented cases by which reviewers are tested."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from enforcement.quality.known_cases import add_known, read_known
from enforcement.store import Store
from roadwitness.premises import Premises
from roadwitness.progress import say


def add_folders(folders: Sequence[Path], premises: Premises) -> None:
    """Keep the known cases of these folders.

    Raises:
        QualityError: for a folder that cannot be used; then none was kept.
    """
    read = [read_known(folder) for folder in folders]
    evidence = premises.open_evidence()
    with premises.open_store() as store:
        new = add_known(store, evidence, read)
        left = waiting(store)
    say(f"{new} of {len(folders)} known cases are new; {left} wait to be put among the real ones.")


def waiting(store: Store) -> int:
    """How many known cases were not put among the real ones yet."""
    [(left,)] = store.query(
        "SELECT count() FROM known_cases FINAL WHERE known_id NOT IN (SELECT known_id FROM seeded_cases)"
    )
    return int(left)
