"""Evidence as pictures: the bytes under a digest, and a thumbnail of the vehicle for the queue."""

from __future__ import annotations

import io
import re

from fastapi import APIRouter, Depends, Request
from PIL import Image, UnidentifiedImageError
from starlette.responses import Response

from dashboards.failures import Refusal
from dashboards.office import Office
from dashboards.overlay import best_frame, build_overlay
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Right
from enforcement.errors import EvidenceCorrupt, EvidenceError, EvidenceMissing
from streams.events import Events

_events = Events(__name__)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"RIFF", "image/webp"),
)
_THUMBNAIL = (320, 180)
# A browser that shows a picture alone styles the page around it; nothing else may happen there.
_PICTURE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_IMMUTABLE = "private, max-age=31536000, immutable"


def pictures_router(office: Office) -> APIRouter:
    """``/evidence/{digest}`` and ``/cases/{id}/thumbnail.jpg``."""
    router = APIRouter()

    @router.get("/evidence/{digest}", dependencies=[Depends(needs(Right.SEE_CASES))])
    def evidence(request: Request, digest: str) -> Response:
        """The bytes of one piece of evidence; sealed originals are never served."""
        content = _open_evidence(office, digest)
        media_type = media_type_of(content)
        headers = _cacheable(digest)
        if not media_type.startswith("image/"):
            headers["Content-Disposition"] = f'attachment; filename="{digest[:12]}.bin"'
        if _is_held(request, digest):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=media_type, headers=headers)

    @router.get("/cases/{case_id}/thumbnail.jpg", dependencies=[Depends(needs(Right.SEE_CASES))])
    def thumbnail(request: Request, case_id: str) -> Response:
        """A small picture of the vehicle, cut from the (already blurred) evidence frame."""
        passage = office.find(case_id).passage
        frame = best_frame(passage)
        if frame is None:
            raise Refusal(404, "This case has no evidence picture yet.")
        name = f"{frame.digest}-thumbnail"
        if _is_held(request, name):
            return Response(status_code=304, headers=_cacheable(name))
        view = build_overlay(passage, frame).views[:2][-1]
        content = _open_evidence(office, frame.digest)
        corners = (int(view.x), int(view.y), int(view.x + view.w), int(view.y + view.h))
        return Response(_cut(content, corners), media_type="image/jpeg", headers=_cacheable(name))

    return router


def media_type_of(content: bytes) -> str:
    """The media type that the first bytes themselves show; unknown bytes are never shown as a page.

    >>> media_type_of(b"<script>")
    'application/octet-stream'
    """
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature) and (signature != b"RIFF" or content[8:12] == b"WEBP"):
            return media_type
    return "application/octet-stream"


def _open_evidence(office: Office, digest: str) -> bytes:
    if not _DIGEST.fullmatch(digest):
        raise Refusal(404, "This is not the digest of a piece of evidence.")
    try:
        if office.evidence.is_sealed(digest):
            raise Refusal(
                403, "This is a sealed original; it can only be opened with the authority's private key."
            )
        return office.evidence.get(digest)
    except EvidenceError as error:
        raise _refusal_for(error) from error


def _refusal_for(error: EvidenceError) -> Refusal:
    """For an officer's eyes; where the evidence lies is the administrator's business and goes to the log."""
    if isinstance(error, EvidenceMissing):
        return Refusal(404, "This piece of evidence is not here: it has not arrived yet or was discarded.")
    _events.warning("evidence-not-shown", str(error))
    if isinstance(error, EvidenceCorrupt):
        return Refusal(
            503,
            "This piece was changed since it was stored and is not shown; tell your administrator.",
        )
    return Refusal(
        503,
        "Where the evidence is kept cannot be reached; try again in a moment, or tell your administrator.",
    )


def _cut(content: bytes, corners: tuple[int, int, int, int]) -> bytes:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            small = picture.convert("RGB").resize(
                _THUMBNAIL, Image.Resampling.BILINEAR, box=corners, reducing_gap=2.0
            )
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise Refusal(404, "This piece of evidence is not a picture that can be shown.") from error
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _cacheable(name: str) -> dict[str, str]:
    return {
        "Cache-Control": _IMMUTABLE,
        "Content-Security-Policy": _PICTURE_POLICY,
        "ETag": f'"{name}"',
    }


def _is_held(request: Request, name: str) -> bool:
    held = request.headers.get("if-none-match", "")
    return f'"{name}"' in {tag.strip().removeprefix("W/") for tag in held.split(",")}
