"""Folders on disks of their own, small enough to be filled."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

_FILLER = "filler"


def can_mount() -> bool:
    """Whether this user may make small disks."""
    return os.geteuid() == 0 and shutil.which("mount") is not None


class Disk:
    """The folder ``path``; with ``size_bytes`` a small disk of its own where this user may make one."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        self.path = path
        path.mkdir(parents=True)
        self._mounted = bool(size_bytes) and can_mount() and _mount(path, size_bytes)

    @property
    def is_small(self) -> bool:
        """Whether it can be filled."""
        return self._mounted

    def fill(self) -> None:
        """Leave no room; does nothing on a disk that is not small."""
        if not self._mounted:
            return
        with (self.path / _FILLER).open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(64 * 1024))

    def empty(self) -> None:
        """Give the room back."""
        (self.path / _FILLER).unlink(missing_ok=True)

    def remove(self) -> None:
        """Unmount it."""
        if self._mounted:
            subprocess.run(["umount", "-l", str(self.path)], check=False)
            self._mounted = False


def _mount(path: Path, size_bytes: int) -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_bytes},mode=0700", "roadwitness-faults", str(path)],
        check=False,
        capture_output=True,
    )
    return done.returncode == 0
