"""The address of a bucket for evidence: ``s3://BUCKET/PREFIX?endpoint=URL&…``."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from enforcement.errors import EvidenceError

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_ENCRYPTIONS = ("AES256", "aws:kms", "aws:kms:dsse")
_NUMBERS = ("timeout_s", "patience_s")


@dataclass(frozen=True)
class BucketAddress:
    """Where the bucket is and how it is spoken to; credentials are not part of it.

    ``endpoint`` None is Amazon's own in ``region``. ``encryption`` asks the server to encrypt what it stores
    (AES256, aws:kms or aws:kms:dsse, the latter with ``kms_key``). ``ca_file`` holds the certificates of an
    authority of one's own (PEM). A request may take ``timeout_s``; one that fails is tried again for
    ``patience_s`` seconds.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    encryption: str | None = None
    kms_key: str | None = None
    ca_file: str | None = None
    timeout_s: float = 20.0
    patience_s: float = 5.0

    def __post_init__(self) -> None:
        if not _BUCKET.fullmatch(self.bucket):
            raise EvidenceError("That is no bucket's name: give s3://BUCKET/PREFIX?endpoint=URL.")
        if self.prefix and (not _PREFIX.fullmatch(self.prefix) or ".." in self.prefix.split("/")):
            raise EvidenceError(
                f"The prefix {self.prefix!r} cannot be used: take letters, digits, '.', '_', '-' and '/'."
            )
        if self.endpoint is not None:
            parts = urlsplit(self.endpoint)
            if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
                raise EvidenceError("The endpoint of a bucket must be http://HOST:PORT or https://HOST.")
        if self.encryption is not None and self.encryption not in _ENCRYPTIONS:
            raise EvidenceError(
                f"A bucket has no encryption {self.encryption!r}: use one of {', '.join(_ENCRYPTIONS)}."
            )
        if self.kms_key is not None and (self.encryption or "AES256") == "AES256":
            raise EvidenceError("A kms_key goes with encryption=aws:kms: add that, or leave the key out.")
        if self.timeout_s <= 0 or self.patience_s < 0:
            raise EvidenceError("A bucket's timeout_s must be above 0, and its patience_s not below.")

    @classmethod
    def parse(cls, address: str) -> BucketAddress:
        """Read ``address``; a query sets any field but the first two by its name.

        Raises:
            EvidenceError: when it is no such address, or a setting is unknown or has a wrong value.
        """
        parts = urlsplit(address)
        if parts.scheme != "s3" or parts.fragment or "@" in parts.netloc or ":" in parts.netloc:
            # Without quoting it, since a secret may stand in it.
            raise EvidenceError(
                "That is not the address of a bucket: give s3://BUCKET/PREFIX?endpoint=URL, and credentials "
                "through AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        known = {field.name for field in fields(cls)} - {"bucket", "prefix"}
        settings: dict[str, str | float] = {}
        for name, text in parse_qsl(parts.query, keep_blank_values=True):
            if name not in known:
                raise EvidenceError(
                    f"A bucket's address has no setting {name!r}: use {', '.join(sorted(known))}."
                )
            settings[name] = _number(name, text) if name in _NUMBERS else text
        return cls(parts.netloc, parts.path.strip("/"), **settings)  # type: ignore[arg-type]

    @property
    def place(self) -> str:
        """What it is called in messages: bucket, prefix and host."""
        where = "/".join(filter(None, (self.bucket, self.prefix)))
        return f"s3://{where}" + (f" at {urlsplit(self.endpoint).netloc}" if self.endpoint else "")

    def authorities(self) -> bytes | None:
        """The content of ``ca_file``, or None where there is none.

        Raises:
            EvidenceError: when it cannot be read.
        """
        if self.ca_file is None:
            return None
        try:
            return Path(self.ca_file).read_bytes()
        except OSError as error:
            raise EvidenceError(
                f"The ca_file {self.ca_file} cannot be read ({error.strerror}): check its path."
            ) from error


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise EvidenceError(f"A bucket's {name} must be a number, not {text!r}.") from error
