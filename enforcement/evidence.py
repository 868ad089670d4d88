"""The evidence folder: every piece of evidence under the SHA-256 of its bytes."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from enforcement.errors import EvidenceCorrupt, EvidenceError, EvidenceFull, EvidenceMissing
from enforcement.sealed_parts import whole_box
from streams.sealing import KEY_BYTES, take_apart

_DIGEST = re.compile(r"[0-9a-f]{64}")


class EvidenceFolder:
    """Content-addressed files: ``ab/cd/<sha256>``, sealed originals under ``sealed/`` (mode 0700).

    Of a sealed original the box's own key lies apart, under ``keys/`` (mode 0700): discarding destroys it
    first, and then no copy of the rest can be opened by anybody.

    A file is complete or absent: it is written without a name, flushed to the disk and then given its own, so
    that a killed process leaves nothing of a picture behind. Safe to use from several threads and processes,
    since two writers of one digest write the same bytes.
    """

    def __init__(self, path: Path) -> None:
        """Open the folder, making it where it does not exist.

        Raises:
            EvidenceError: when the folder cannot be made.
        """
        self.path = path
        self._open = path / "open"
        self._sealed = path / "sealed"
        self._keys = path / "keys"
        try:
            self._open.mkdir(parents=True, exist_ok=True)
            for apart in (self._sealed, self._keys):
                apart.mkdir(mode=0o700, exist_ok=True)
                apart.chmod(0o700)
        except OSError as error:
            raise _explain(error, path) from error

    def put(self, digest: str, content: bytes, media_type: str, sealed: bool) -> None:
        """Store ``content`` under ``digest``; a piece that is there already is left alone.

        Args:
            digest: SHA-256 of ``content``, 64 lower-case hexadecimal digits.
            content: the bytes.
            media_type: for instance ``image/jpeg``; kept in the evidence index, not in the folder.
            sealed: True for originals encrypted to the authority's key; they lie apart.

        Raises:
            EvidenceCorrupt: when the bytes do not have this digest.
            EvidenceFull: when the disk is full.
        """
        if hashlib.sha256(content).hexdigest() != digest:
            raise EvidenceCorrupt(
                f"evidence {_short(digest)} ({media_type}) does not have the digest it was sent under; "
                "it was not stored, send it again from the roadside unit."
            )
        try:
            for target, part in self._parts(digest, content, sealed):
                if not target.exists():
                    self._write(target, part)
        except OSError as error:
            raise _explain(error, self.path) from error

    def get(self, digest: str) -> bytes:
        """The bytes under ``digest``, verified.

        Raises:
            EvidenceMissing: when there are none.
            EvidenceCorrupt: when the file on disk no longer has this digest.
        """
        path = self._find(digest)
        if path is None:
            raise EvidenceMissing(
                f"evidence {_short(digest)} is not in {self.path}; it was discarded or never came."
            )
        try:
            content = path.read_bytes()
            if self._sealed in path.parents:
                content = whole_box(digest, self._key_of(digest), content)
        except OSError as error:
            raise _explain(error, self.path) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise EvidenceCorrupt(
                f"evidence {_short(digest)} was changed on disk since it was stored; restore {path}."
            )
        return content

    def has(self, digest: str) -> bool:
        """Whether a piece with this digest is in the folder (its bytes are not checked)."""
        return self._find(digest) is not None

    def begun(self, digest: str, sealed: bool) -> bool:
        """Whether anything of the piece is there: of a sealed original the key is written first."""
        roots = (self._keys, self._sealed) if sealed else (self._open,)
        return _DIGEST.fullmatch(digest) is not None and any(_place(root, digest).exists() for root in roots)

    def is_sealed(self, digest: str) -> bool:
        """Whether the piece lies among the sealed originals."""
        return _DIGEST.fullmatch(digest) is not None and _place(self._sealed, digest).exists()

    def discard(self, digest: str) -> None:
        """Remove the piece for good, if it is there; of a sealed original the key goes first."""
        if _DIGEST.fullmatch(digest):
            _destroy(_place(self._keys, digest))
        while (path := self._find(digest)) is not None:
            with suppress(FileNotFoundError):
                path.unlink()

    def digests(self) -> Iterator[str]:
        """The digest of every piece in the folder, in no order."""
        for root in (self._open, self._sealed):
            for path in root.glob("??/??/*"):
                if _DIGEST.fullmatch(path.name):
                    yield path.name

    def _find(self, digest: str) -> Path | None:
        if not _DIGEST.fullmatch(digest):  # also keeps '../' of a web page's address out of the file system
            return None
        places = (_place(self._open, digest), _place(self._sealed, digest))
        return next((path for path in places if path.exists()), None)

    def _parts(self, digest: str, content: bytes, sealed: bool) -> list[tuple[Path, bytes]]:
        """What is to be written where, in this order."""
        if not sealed:
            return [(_place(self._open, digest), content)]
        key, rest = take_apart(content)
        target = _place(self._sealed, digest)
        if target.exists() and target.stat().st_size == len(content):
            return []  # an earlier version has put it there whole
        return [(_place(self._keys, digest), key), (target, rest)]

    def _key_of(self, digest: str) -> bytes:
        try:
            return _place(self._keys, digest).read_bytes()
        except FileNotFoundError:
            return b""

    def _write(self, target: Path, content: bytes) -> None:
        target.parent.mkdir(
            mode=0o755 if self._open in target.parents else 0o700, parents=True, exist_ok=True
        )
        handle = _nameless(target.parent)
        if handle is None:
            _write_beside(target, content)
        else:
            with os.fdopen(handle, "wb") as file:
                _flush(file, content)
                with suppress(FileExistsError):  # another worker was faster with the same bytes
                    # Any ``src_dir_fd`` makes Python follow the link, also with a path that needs none.
                    os.link(f"/proc/self/fd/{handle}", target, src_dir_fd=handle, follow_symlinks=True)
        _flush_folder(target.parent)


def _place(root: Path, digest: str) -> Path:
    return root / digest[:2] / digest[2:4] / digest


def _destroy(path: Path) -> None:
    with suppress(FileNotFoundError):
        # Over its own bytes first: an unlinked file may lie on the disk for long.
        with path.open("r+b") as file:
            _flush(file, bytes(KEY_BYTES))
        path.unlink()


def _short(digest: str) -> str:
    return f"{digest[:12]}…" if len(digest) > 12 else repr(digest)


def _nameless(folder: Path) -> int | None:
    """A file without a name: of a process that is killed while it writes, nothing is left.

    None where the system or the file system has none.
    """
    if not hasattr(os, "O_TMPFILE") or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL):
            return None
        raise


def _write_beside(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _flush(file, content)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _flush(file: BinaryIO, content: bytes) -> None:
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    # The rename is durable only once the folder is flushed, and a new fan-out folder once its parent is.
    for path in (folder, folder.parent, folder.parent.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _explain(error: OSError, path: Path) -> EvidenceError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EvidenceFull(
            f"the disk under {path} is full; free some space and start again, nothing was lost."
        )
    return EvidenceError(
        f"the evidence folder {path} cannot be used ({error.strerror}); check its permissions."
    )
