"""Evidence in a bucket of an object storage that speaks S3: every piece under the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from enforcement.bucket_address import BucketAddress
from enforcement.bucket_trouble import explain, lacks_conditions, names_no_bucket
from enforcement.errors import EvidenceCorrupt, EvidenceMissing, EvidenceUnreachable
from enforcement.sealed_parts import whole_box
from streams.sealing import take_apart

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

_T = TypeVar("_T")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OPEN, _SEALED, _KEYS = "open", "sealed", "keys"
_RETRIES = 8


class EvidenceBucket:
    """Content-addressed objects: ``PREFIX/open/ab/cd/<sha256>``, sealed originals under ``PREFIX/sealed``.

    Of a sealed original the box's own key lies apart, under ``PREFIX/keys``: discarding destroys it first.

    Credentials come from the environment (``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, a web identity
    or the cloud machine's own). An object is complete or absent, and is never written over unless it is not
    what its name says. Safe to use from several threads and processes.
    """

    def __init__(self, address: BucketAddress) -> None:
        """Use the bucket; one that does not answer now is not an error.

        Raises:
            EvidenceRefused: when it answers and refuses.
            EvidenceError: when the address cannot be used.
        """
        self.address = address
        self._store = _connect(address)
        self._conditional = True
        # A bucket that is away is waited for by whoever uses it; one that refuses is said at once.
        with suppress(EvidenceMissing, EvidenceUnreachable):
            self.get("0" * 64)

    def put(self, digest: str, content: bytes, media_type: str, sealed: bool) -> None:
        """Store ``content`` under ``digest``; a piece that is there already is left alone.

        Raises:
            EvidenceCorrupt: when the bytes do not have this digest.
            EvidenceUnreachable, EvidenceRefused, EvidenceFull: when it was not stored; it may be repeated.
        """
        if hashlib.sha256(content).hexdigest() != digest:
            raise EvidenceCorrupt(
                f"evidence {_short(digest)} ({media_type}) does not have the digest it was sent under; "
                "it was not stored, send it again from the roadside unit."
            )
        parts = dict(zip((_KEYS, _SEALED), take_apart(content), strict=True)) if sealed else {_OPEN: content}
        for place, part in parts.items():
            self._put(self._key(place, digest), part, media_type)

    def get(self, digest: str) -> bytes:
        """The bytes under ``digest``, verified.

        Raises:
            EvidenceMissing: when there are none.
            EvidenceCorrupt: when the object no longer has this digest.
            EvidenceUnreachable, EvidenceRefused: when the bucket cannot be asked.
        """
        for key in self._keys(digest):
            content = self._call(partial(self._read, key))
            if content is None:
                continue
            if key == self._key(_SEALED, digest):
                own = self._call(partial(self._read, self._key(_KEYS, digest)))
                content = whole_box(digest, own or b"", content)
            if hashlib.sha256(content).hexdigest() != digest:
                raise EvidenceCorrupt(
                    f"evidence {_short(digest)} was changed in the bucket since it was stored; restore {key}."
                )
            return content
        raise EvidenceMissing(
            f"evidence {_short(digest)} is not in {self.address.place}; it was discarded or never came."
        )

    def has(self, digest: str) -> bool:
        """Whether a piece with this digest is in the bucket (its bytes are not checked)."""
        return any(self._size(key) is not None for key in self._keys(digest))

    def begun(self, digest: str, sealed: bool) -> bool:
        """Whether anything of the piece is there: of a sealed original the key is written first."""
        places = (_KEYS, _SEALED) if sealed else (_OPEN,)
        return any(self._size(key) is not None for key in self._keys(digest, places))

    def is_sealed(self, digest: str) -> bool:
        """Whether the piece lies among the sealed originals."""
        return any(self._size(key) is not None for key in self._keys(digest)[1:])

    def discard(self, digest: str) -> None:
        """Remove the piece for good, if it is there; of a sealed original the key goes first."""
        for key in self._keys(digest, (_KEYS, _OPEN, _SEALED)):
            self._call(partial(obstore.delete, self._store, key))

    def digests(self) -> Iterator[str]:
        """The digest of every piece in the bucket, in no order."""
        for part in (_OPEN, _SEALED):
            pages = iter(obstore.list(self._store, self._key(part), chunk_size=1000))
            while page := self._call(partial(next, pages, None)):
                for found in page:
                    name = found["path"].rpartition("/")[2]
                    if _DIGEST.fullmatch(name):
                        yield name

    def _key(self, part: str, digest: str = "") -> str:
        place = (digest[:2], digest[2:4], digest) if digest else ()
        return "/".join(filter(None, (self.address.prefix, part, *place)))

    def _keys(self, digest: str, places: tuple[str, ...] = (_OPEN, _SEALED)) -> list[str]:
        if not _DIGEST.fullmatch(digest):  # also keeps '../' of a web page's address out of the bucket
            return []
        return [self._key(place, digest) for place in places]

    def _put(self, key: str, content: bytes, media_type: str) -> None:
        if not self._conditional or not self._create(key, content, media_type):
            self._call(lambda: self._write(key, content, media_type, "overwrite"))

    def _create(self, key: str, content: bytes, media_type: str) -> bool:
        """Put it where nothing is; whether it now lies there whole."""
        try:
            self._call(lambda: self._write(key, content, media_type, "create"))
        except _Exists:
            # Or another writer was at it and may have failed: only what lies there counts.
            return self._size(key) == len(content)
        except _NotConditional:
            self._conditional = False
            return False
        return True

    def _write(self, key: str, content: bytes, media_type: str, mode: Literal["create", "overwrite"]) -> None:
        try:
            obstore.put(
                self._store,
                key,
                content,
                attributes={"Content-Type": media_type},
                mode=mode,
                use_multipart=False,
            )
        except AlreadyExistsError:
            raise _Exists from None
        except (BaseError, NotImplementedError) as error:
            if mode == "create" and lacks_conditions(error):
                raise _NotConditional from None
            raise

    def _read(self, key: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError as error:
            if names_no_bucket(error):
                raise
            return None

    def _size(self, key: str) -> int | None:
        def ask() -> int | None:
            try:
                return int(obstore.head(self._store, key)["size"])
            except FileNotFoundError:
                return None

        return self._call(ask)

    def _call(self, action: Callable[[], _T]) -> _T:
        """Do it; what goes wrong becomes an error of ours without the client's own words."""
        try:
            return action()
        except (BaseError, FileNotFoundError) as error:
            raise explain(error, self.address.place) from None


class _Exists(Exception):
    """Something lies there already, or is just being put there."""


class _NotConditional(Exception):
    """The server cannot put only what is absent."""


def _connect(address: BucketAddress) -> S3Store:
    config: S3Config = {
        "region": address.region,
        "checksum_algorithm": "SHA256",
        "disable_bulk_delete": True,  # which not every server has
    }
    if address.endpoint:
        config["endpoint"] = address.endpoint
    if address.encryption:
        config["server_side_encryption"] = address.encryption
    if address.kms_key:
        config["sse_kms_key_id"] = address.kms_key
    client: ClientConfig = {
        "allow_http": (address.endpoint or "").startswith("http://"),
        "timeout": timedelta(seconds=address.timeout_s),
        "connect_timeout": timedelta(seconds=min(address.timeout_s, 5.0)),
    }
    authorities = address.authorities()
    if authorities is not None:
        client["root_certificate"] = authorities
    return S3Store(
        address.bucket,
        config=config,
        client_options=client,
        retry_config={
            "max_retries": _RETRIES,
            "retry_timeout": timedelta(seconds=address.patience_s),
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=2),
                "base": 2,
            },
        },
    )


def _short(digest: str) -> str:
    return f"{digest[:12]}…" if len(digest) > 12 else repr(digest)
