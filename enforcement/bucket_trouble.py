"""What a bucket's answer means, as an error of ours.

The client's own texts hold whole answers of the server, with signatures and key ids in them. Only the status
and S3's error code are taken out of them.
"""

from __future__ import annotations

import re

from obstore.exceptions import GenericError, NotSupportedError, PermissionDeniedError, UnauthenticatedError

from enforcement.errors import EvidenceError, EvidenceFull, EvidenceRefused, EvidenceUnreachable

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w+(?:\.\w+)*)</Code>|\(code: (\w+)\)")
# Where the client asks for credentials when the environment has none: the services of a cloud's own machines.
_ASKS_THE_CLOUD = ("169.254.", "fd00:ec2::", "/latest/api/token", "/latest/meta-data")

_FULL = {
    "InsufficientStorage",
    "QuotaExceeded",
    "BucketQuotaExceeded",
    "XMinioStorageFull",
    "XMinioStorageQuotaExceeded",
    "XMinioAdminBucketQuotaExceeded",
}
_ADVICE = {
    "NoSuchBucket": "there is no such bucket; make it, or correct the address",
    "InvalidAccessKeyId": "it does not know the key; set AWS_ACCESS_KEY_ID to one that it gave out",
    "SignatureDoesNotMatch": "the secret does not belong to the key; set AWS_SECRET_ACCESS_KEY again",
    "ExpiredToken": "the credentials have expired; get new ones",
    "RequestTimeTooSkewed": "the clocks differ too much; set this machine's clock",
    "PermanentRedirect": "the bucket is in another region; name it with region= in the address",
    "AuthorizationHeaderMalformed": "the bucket is in another region; name it with region= in the address",
}
_NO_RIGHT = "the credentials do not have the right; grant it (docs/evidence.md shows a policy)"


def explain(error: Exception, place: str) -> EvidenceError:
    """``error`` of a call to the bucket called ``place``, as what it means for who called."""
    text = str(error)
    status, code = _status_in(text), _code_in(text)
    if any(sign in text for sign in _ASKS_THE_CLOUD):
        return EvidenceRefused(
            f"the evidence in {place} needs credentials, and there are none: set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY."
        )
    if code in _FULL or status == 507:
        return EvidenceFull(f"{place} is full; make room there and start again, nothing was lost.")
    if code in _ADVICE:
        return EvidenceRefused(f"{place} refuses: {_ADVICE[code]}.")
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or code == "AccessDenied":
        return EvidenceRefused(f"{place} refuses: {_NO_RIGHT}.")
    if status is not None and 300 <= status < 500 and status not in (408, 429):
        return EvidenceRefused(f"{place} refuses with {_named(status, code)}; check the address.")
    if isinstance(error, GenericError):
        said = f"it says {_named(status, code)}" if status else "it does not answer"
        return EvidenceUnreachable(f"the evidence in {place} cannot be reached: {said}.")
    return EvidenceError(f"{place} cannot be used ({type(error).__name__}); check the address.")


def names_no_bucket(error: FileNotFoundError) -> bool:
    """Whether it is the bucket that was not found, and not the piece."""
    return _code_in(str(error)) == "NoSuchBucket"


def lacks_conditions(error: Exception) -> bool:
    """Whether the server says that it cannot put only what is absent."""
    return isinstance(error, NotSupportedError) or _status_in(str(error)) == 501


def _named(status: int, code: str | None) -> str:
    return f"{status} {code}" if code else str(status)


def _status_in(text: str) -> int | None:
    found = _STATUS.search(text)
    return int(found[1]) if found else None


def _code_in(text: str) -> str | None:
    found = _CODE.search(text)
    return (found[1] or found[2]) if found else None
