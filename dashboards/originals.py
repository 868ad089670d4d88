"""Opening a sealed original from its case's page: by right, with a reason, entered first, shown once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from dashboards.auditing import note
from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.pictures import PICTURE_POLICY, media_type_of, refusal_for
from dashboards.pieces import Piece
from dashboards.sign_in.asking import needs, person_of
from dashboards.sign_in.rights import Right
from enforcement.casebook import Case
from enforcement.errors import EvidenceError
from enforcement.unsealing import MAX_REASON, fault_of_reason, open_original
from streams.events import Events
from streams.messages import EvidenceReference
from streams.sealing import SealingError, SealingKeys

_events = Events(__name__)


@dataclass(frozen=True)
class Openable:
    """The sealed originals of a case that whoever asks may open; ``max_reason`` in characters."""

    pieces: tuple[Piece, ...]
    max_reason: int = MAX_REASON


def originals_router(office: Office) -> APIRouter:
    """``POST /cases/{id}/originals/{digest}``."""
    router = APIRouter()

    @router.post("/cases/{case_id}/originals/{digest}", dependencies=[Depends(needs(Right.OPEN_ORIGINALS))])
    def original(
        request: Request,
        case_id: str,
        digest: str,
        reason: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """The unblurred picture, as the answer to this one form and nothing that a browser keeps."""
        check_form(request, csrf_token)
        content = open_sealed(request, office, office.find(case_id), digest, Right.OPEN_ORIGINALS, reason)
        media_type = media_type_of(content)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": PICTURE_POLICY}
        if not media_type.startswith("image/"):
            headers["Content-Disposition"] = f'attachment; filename="{digest[:12]}.bin"'
        return Response(content, media_type=media_type, headers=headers)

    return router


def openable(request: Request, pieces: list[Piece]) -> Openable | None:
    """Which of a case's pieces whoever asks may open; None: none, or they may not."""
    sealed = tuple(piece for piece in pieces if piece.state == "sealed")
    return Openable(sealed) if sealed and person_of(request).may(Right.OPEN_ORIGINALS) else None


def open_sealed(
    request: Request, office: Office, case: Case, digest: str, right: Right, reason: str
) -> bytes:
    """The bytes of one of a case's sealed pieces, for a person who has this right and gives a reason.

    Who, what and why are in the audit when this returns.

    Raises:
        Refusal: 403 without the right, 422 without a reason in words, 404 when the case has no such sealed
            piece or it was erased, 503 when it or the private key is not to be had here.
        AuditUnwritable: when it cannot be entered; nothing is opened then.
    """
    if not person_of(request).may(right):
        raise Refusal(403, f"Your account may not {right.value}; ask your administrator if you need it.")
    if fault := fault_of_reason(reason):
        raise Refusal(422, fault)
    piece = next((each for each in _sealed(case) if each.digest == digest), None)
    if piece is None:
        raise Refusal(404, "This case has no such sealed piece of evidence.")
    subject = f"{case.summary.case_id}/{piece.kind}/{digest[:12]}"
    try:
        if office.desk.keys is None:
            raise SealingError("no folder of keys is known here")
        key = SealingKeys(office.desk.keys).private
        return open_original(
            office.evidence,
            key,
            digest,
            lambda: note(request, office, "opened", subject, reason=" ".join(reason.split())),
        )
    except EvidenceError as error:
        raise refusal_for(error) from error
    except SealingError as error:
        _events.warning("original-not-opened", failure=type(error).__name__)
        raise Refusal(
            503, "The key that opens this is not here, or not the right one; tell your administrator."
        ) from error


def _sealed(case: Case) -> list[EvidenceReference]:
    other = case.finding.other
    return [piece for piece in (*case.passage.evidence, *(other.evidence if other else ())) if piece.sealed]
