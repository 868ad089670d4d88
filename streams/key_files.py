"""Writing a key file so that it appears complete or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_new(path: Path, text: str, mode: int) -> None:
    """Write a file that is not there yet, with the rights ``mode``.

    Raises:
        FileExistsError: when there is one; it is left as it is.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w") as file:
            os.fchmod(handle, mode)
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.link(name, path)  # unlike a rename, it refuses to overwrite
    finally:
        Path(name).unlink()
