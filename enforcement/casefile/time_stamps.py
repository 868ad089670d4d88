"""RFC 3161 time-stamps: another authority's word that a receipt existed at a time.

Optional on both sides: an authority is asked where one is set up (``pip install 'roadwitness[timestamp]'``),
and a package without a time-stamp holds as well. Only a digest is sent, nothing of a case.
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enforcement.errors import CaseFileError
from streams.errors import RoadwitnessError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_MOST_BYTES = 64 * 1024
_TIMEOUT_S = 10.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TimeStampAway(RoadwitnessError):
    """No time-stamp can be had now; the text says why."""


class TimeStampSettingsError(RoadwitnessError):
    """The authority's address or certificate cannot be used, or the library for time-stamps is missing."""


@dataclass(frozen=True)
class TimeStamp:
    """When the authority had the digest (UTC ns), and whether that was checked against a certificate."""

    at_ns: int
    is_checked: bool


class TimeStamper:
    """Asks one authority for time-stamps and checks each against its certificates."""

    def __init__(self, url: str, roots: tuple[Certificate, ...]) -> None:
        """Ask at ``url``; ``roots`` are the authority's certificates (:func:`load_roots`).

        Raises:
            TimeStampSettingsError: when the address is none, or the library is missing.
        """
        if not url.startswith(("http://", "https://")):
            raise TimeStampSettingsError(
                f"{url!r} is no address of a time-stamp authority: write http://… or https://…"
            )
        _library()
        self._url = url
        self._roots = roots

    def request(self, content: bytes) -> bytes:
        """The authority's response (DER) about ``content``, checked as :func:`check_time_stamp` does.

        Raises:
            TimeStampAway: when it does not answer, refuses, or answers something else.
        """
        library = _library()
        asked = library.TimestampRequestBuilder(content, library.HashAlgorithm.SHA256).build()
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            request = urllib.request.Request(self._url, asked.as_bytes(), headers)
            # That the address is http(s) was checked when it was given.
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # nosec B310
                response: bytes = answer.read(_MOST_BYTES)
            read = library.decode_timestamp_response(response)
            if read.tst_info.nonce != asked.nonce:
                raise TimeStampAway("The time-stamp authority answered another question than was asked.")
            check_time_stamp(response, content, self._roots)
        except (OSError, http.client.HTTPException, urllib.error.URLError) as error:
            raise TimeStampAway(
                f"The time-stamp authority at {self._url} does not answer ({error})."
            ) from error
        except (ValueError, CaseFileError) as error:
            raise TimeStampAway(f"What the time-stamp authority answered is of no use: {error}") from error
        return response


def check_time_stamp(response: bytes, content: bytes, roots: tuple[Certificate, ...]) -> TimeStamp:
    """When ``content`` was time-stamped; without ``roots`` the authority's signature is not checked.

    Raises:
        CaseFileError: when the time-stamp is none, is of something else, or not by the authority.
        TimeStampSettingsError: when the library is missing.
    """
    library = _library()
    try:
        read: Any = library.decode_timestamp_response(response)
        info = read.tst_info
        imprint, at = info.message_imprint.message, info.gen_time
    except ValueError as error:
        raise CaseFileError(f"The time-stamp cannot be read ({error}): it was changed.") from error
    if imprint != hashlib.sha256(content).digest():
        raise CaseFileError("The time-stamp is of something else than the centre's receipt: it was swapped.")
    if roots:
        builder = library.VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        try:
            builder.build().verify_message(read, content)
        except library.VerificationError as error:
            raise CaseFileError(
                "The time-stamp is not by the authority whose certificate was given, or was changed."
            ) from error
    since = at.astimezone(UTC) - _EPOCH
    at_ns = (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000
    return TimeStamp(at_ns, bool(roots))


def load_roots(path: Path) -> tuple[Certificate, ...]:
    """The certificates in a PEM file.

    Raises:
        TimeStampSettingsError: when it cannot be read or holds none.
    """
    _library()
    from cryptography.x509 import load_pem_x509_certificates  # comes with the library for time-stamps

    try:
        return tuple(load_pem_x509_certificates(path.read_bytes()))
    except OSError as error:
        raise TimeStampSettingsError(f"{path} cannot be read ({error.strerror}); check its name.") from error
    except ValueError as error:
        raise TimeStampSettingsError(f"{path} holds no certificate in PEM form: {error}") from error


def _library() -> Any:
    try:
        import rfc3161_client
    except ImportError as error:
        raise TimeStampSettingsError(
            "Time-stamps need a library that is not here: pip install 'roadwitness[timestamp]'."
        ) from error
    return rfc3161_client
