"""A unit's chain of statements on its disk: which came last, and how an earlier one was made.

Only numbers and digests are kept, no plate. A passage that comes again (a clip analysed twice, a restart)
gets the very statement that it had, byte for byte, so nothing is stated twice and the chain does not fork.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from streams.messages import EvidenceItem
from streams.signing import Signer
from streams.sqlite_errors import as_bus_errors
from streams.sqlite_files import be_durable, open_private
from streams.statements import BEGINNING, SignedStatement, state

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stated (
  camera_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  content TEXT NOT NULL,
  previous TEXT NOT NULL,
  signed_at_ns INTEGER NOT NULL,
  software TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (camera_id, sequence),
  UNIQUE (camera_id, content)
) STRICT, WITHOUT ROWID
"""


class StatementChain:
    """Makes statements in the file at ``path``. Safe to use from several threads.

    Raises:
        BusFull, BusUnavailable: when the file cannot be written.
    """

    def __init__(
        self, path: Path, signer: Signer, software: str, *, clock: Callable[[], int] = time.time_ns
    ) -> None:
        self._path = path
        self._signer = signer
        self._software = software
        self._clock = clock
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._database = open_private(path, "chain of statements")
        with as_bus_errors(path):
            be_durable(self._database)
            self._database.execute(_SCHEMA)

    def state(self, camera_id: str, passage: bytes, files: Sequence[EvidenceItem]) -> SignedStatement:
        """The signed statement of a passage (its encoded message) and its evidence.

        It is on the disk as the chain's last link when this returns.
        """
        content = _content_digest(passage, files)
        with self._lock, as_bus_errors(self._path):
            known = self._database.execute(
                "SELECT sequence, previous, signed_at_ns, software FROM stated"
                " WHERE camera_id = ? AND content = ?",
                (camera_id, content),
            ).fetchone()
            sequence, previous, at_ns, software = known or self._next(camera_id)
            signed = state(
                self._signer,
                passage,
                files,
                camera_id=camera_id,
                sequence=sequence,
                previous=previous,
                signed_at_ns=at_ns,
                software=software,
            )
            if known is None:
                self._database.execute(
                    "INSERT INTO stated VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (camera_id, sequence, content, previous, at_ns, software, signed.digest),
                )
        return signed

    def close(self) -> None:
        """Release the file."""
        with self._lock, as_bus_errors(self._path):
            self._database.close()

    def _next(self, camera_id: str) -> tuple[int, str, int, str]:
        last = self._database.execute(
            "SELECT sequence, digest FROM stated WHERE camera_id = ? ORDER BY sequence DESC LIMIT 1",
            (camera_id,),
        ).fetchone()
        sequence, previous = (last[0] + 1, last[1]) if last else (1, BEGINNING)
        return sequence, previous, self._clock(), self._software


def _content_digest(passage: bytes, files: Sequence[EvidenceItem]) -> str:
    whole = hashlib.sha256(passage)
    for file in files:
        whole.update(file.digest.encode())
    return whole.hexdigest()
