"""ZIP files that have one form only: the same members always give the same bytes.

Members are stored uncompressed, in the order of their names, with one fixed date and no extra fields. A
reader takes the members out, makes the file again, and compares: so not even a bit in a field that ZIP
readers overlook can be changed unseen.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from enforcement.errors import CaseFileError

_DATE = (1980, 1, 1, 0, 0, 0)
_MOST_MEMBERS = 1000


def pack(members: Mapping[str, bytes]) -> bytes:
    """The ZIP of ``members`` by their names."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, members[name])
    return whole.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The members of a ZIP that :func:`pack` made.

    Raises:
        CaseFileError: when it is no ZIP, is cut off, or differs in any byte from what its members make.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_MEMBERS or sum(entry.file_size for entry in entries) > len(content):
                raise CaseFileError("The file claims to hold more than it has bytes: it was changed.")
            members = {entry.filename: archive.read(entry) for entry in entries}
    except CaseFileError:
        raise
    except Exception as error:  # a damaged ZIP makes zipfile raise almost anything
        reason = " ".join(str(error).split()) or type(error).__name__
        raise CaseFileError(
            f"The file is no whole case package ({reason}): it is cut off or changed."
        ) from error
    if pack(members) != content:
        raise CaseFileError(
            "The file was packed again or changed between its parts: ask for the package as it was written."
        )
    return members
