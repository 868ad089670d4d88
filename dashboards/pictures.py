"""Evidence as it is shown: the bytes under a digest, small pictures, a still with its overlay drawn in."""

from __future__ import annotations

import io
import re

from fastapi import APIRouter, Depends, Request
from PIL import Image, UnidentifiedImageError
from starlette.responses import Response

from dashboards.failures import Refusal
from dashboards.office import Office
from dashboards.overlay import best_frame, build_overlay
from dashboards.ranges import answer_with
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Right
from dashboards.stills import chosen_still, stills_of
from enforcement.errors import EvidenceCorrupt, EvidenceError, EvidenceMissing, PictureUnreadable
from enforcement.marked_picture import mark_picture
from streams.events import Events

_events = Events(__name__)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"RIFF", "image/webp"),
)
_WEBM = b"\x1a\x45\xdf\xa3"
_THUMBNAIL = (320, 180)
# A browser that shows a picture or clip alone styles the page around it; nothing else may happen there.
PICTURE_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)
# A picture never changes, but it shows a vehicle: kept for a day's work at most, and signing out clears it.
_IMMUTABLE = "private, max-age=43200, immutable"


def pictures_router(office: Office) -> APIRouter:
    """``/evidence/{digest}``, ``…/small.jpg``, ``/cases/{id}/thumbnail.jpg`` and ``…/overlay.jpg``."""
    router = APIRouter()

    @router.get("/evidence/{digest}", dependencies=[Depends(needs(Right.SEE_CASES))])
    def evidence(request: Request, digest: str) -> Response:
        """The bytes of one piece of evidence; sealed originals are never served."""
        content = _open_evidence(office, digest)
        media_type = media_type_of(content)
        headers = _cacheable(digest)
        if not media_type.startswith(("image/", "video/")):
            headers["Content-Disposition"] = f'attachment; filename="{digest[:12]}.bin"'
        if _is_held(request, digest):
            return Response(status_code=304, headers=headers)
        return answer_with(request, content, media_type, headers)

    @router.get("/evidence/{digest}/small.jpg", dependencies=[Depends(needs(Right.SEE_CASES))])
    def small(request: Request, digest: str) -> Response:
        """One still as a small picture, for the strip of stills."""
        name = f"{digest}-small"
        content = _open_evidence(office, digest)
        if _is_held(request, name):
            return Response(status_code=304, headers=_cacheable(name))
        return Response(_cut(content, None), media_type="image/jpeg", headers=_cacheable(name))

    @router.get("/cases/{case_id}/overlay.jpg", dependencies=[Depends(needs(Right.SEE_CASES))])
    def with_overlay(case_id: str, still: str = "") -> Response:
        """A still with boxes, track and speed drawn in; without a name the one the plate was read on."""
        case = office.find(case_id)
        stills = stills_of(case, {digest for digest, it in case.whereabouts.items() if it.state == "here"})
        chosen = chosen_still(stills, still, case.passage)
        if chosen is None or not chosen.own:
            raise Refusal(404, "This case has no such picture of its own camera.")
        label = build_overlay(case.passage, chosen.reference).label
        try:
            marked = mark_picture(
                _open_evidence(office, chosen.digest), chosen.reference, case.passage, label
            )
        except PictureUnreadable as error:
            raise Refusal(404, str(error)) from error
        return Response(marked, media_type="image/jpeg", headers={"Content-Security-Policy": PICTURE_POLICY})

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
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if content.startswith(_WEBM):
        return "video/webm"
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
        raise refusal_for(error) from error


def refusal_for(error: EvidenceError) -> Refusal:
    """A page for an officer; where the evidence lies is for the administrator and goes to the log."""
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


def _cut(content: bytes, corners: tuple[int, int, int, int] | None) -> bytes:
    """A small picture of the part between ``corners`` (left, top, right, bottom), None: of the whole."""
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
        "Content-Security-Policy": PICTURE_POLICY,
        "ETag": f'"{name}"',
    }


def _is_held(request: Request, name: str) -> bool:
    held = request.headers.get("if-none-match", "")
    return f'"{name}"' in {tag.strip().removeprefix("W/") for tag in held.split(",")}
