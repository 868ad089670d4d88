"""Both places for evidence, as fixtures: a folder, and a bucket on a real S3 server."""

from __future__ import annotations

from pathlib import Path

import pytest

from enforcement.evidence_store import EvidenceStore, open_evidence
from scripts.local_cluster.s3_server import S3Server
from tests.enforcement.bucket_hands import BucketHands


class FolderHands:
    """Reaches into the folder behind the store's back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """The files, by their path."""
        return sorted(str(p.relative_to(self._folder)) for p in self._folder.rglob("*") if p.is_file())

    def content(self, key: str) -> bytes:
        """What is in a file."""
        return (self._folder / key).read_bytes()

    def change(self, key: str, content: bytes) -> None:
        """Put other bytes into a file, or into a new one."""
        (self._folder / key).parent.mkdir(parents=True, exist_ok=True)
        (self._folder / key).write_bytes(content)

    def remove(self, key: str) -> None:
        """Remove a file."""
        (self._folder / key).unlink()


Hands = FolderHands | BucketHands


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Hands]:
    """The address of a place that is empty, and hands that reach behind it."""
    if request.param == "folder":
        return str(tmp_path / "evidence"), FolderHands(tmp_path / "evidence")
    server: S3Server = request.getfixturevalue("s3_server")
    where = request.getfixturevalue("s3_place")
    return server.address(where), BucketHands(server, where)


@pytest.fixture
def evidence(place: tuple[str, Hands]) -> EvidenceStore:
    """The place, opened."""
    return open_evidence(place[0])


@pytest.fixture
def hands(place: tuple[str, Hands]) -> Hands:
    """What reaches behind it."""
    return place[1]
