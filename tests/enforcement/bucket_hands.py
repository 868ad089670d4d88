"""Reaches into a bucket with the owner's keys, past the store that is tested."""

from __future__ import annotations

import obstore
from obstore.store import S3Store

from scripts.local_cluster.s3_server import OWNER, REGION, S3Server


class BucketHands:
    """What lies below ``place``, BUCKET/PREFIX."""

    def __init__(self, server: S3Server, place: str) -> None:
        bucket, _, self._prefix = place.partition("/")
        self._store = S3Store(
            bucket,
            endpoint=server.url,
            region=REGION,
            access_key_id=OWNER[0],
            secret_access_key=OWNER[1],
            client_options={"allow_http": True},
        )

    def names(self) -> list[str]:
        """The keys, without the prefix."""
        found = obstore.list(self._store, self._prefix).collect()
        return sorted(each["path"].removeprefix(f"{self._prefix}/") for each in found)

    def change(self, key: str, content: bytes) -> None:
        """Put other bytes under a key."""
        obstore.put(self._store, f"{self._prefix}/{key}", content)

    def remove(self, key: str) -> None:
        """Remove what lies under a key."""
        obstore.delete(self._store, f"{self._prefix}/{key}")

    def content(self, key: str) -> bytes:
        """What lies under a key."""
        return bytes(obstore.get(self._store, f"{self._prefix}/{key}").bytes())

    def media_type(self, key: str) -> str:
        """As what the bucket would hand it out."""
        return str(obstore.get(self._store, f"{self._prefix}/{key}").attributes["Content-Type"])
