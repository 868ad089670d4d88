"""Signing in at the provider: there and back."""

from __future__ import annotations

import hmac
import sqlite3
import time

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from dashboards.failures import Refusal
from dashboards.sign_in.accounts import Account
from dashboards.sign_in.asking import anyone, desk_of
from dashboards.sign_in.cookies import cookie_name, forget_cookie, set_cookie
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.entering import enter, go, own_page
from dashboards.sign_in.errors import AccountError
from dashboards.sign_in.keeping import check_apart
from dashboards.sign_in.limits import limited
from dashboards.sign_in.oidc import Begun, Claimed, Oidc
from enforcement.desk.audit_chain import unwritable
from enforcement.errors import DeskError

ELSEWHERE = "/sign-in/elsewhere"
_COOKIE = "roadwitness_elsewhere"
#: How long somebody may take at the provider.
_PATIENCE_S = 600
_PER_MINUTE = 20.0
_STALE = "This sign-in was not begun in this browser, or too long ago; begin again at the sign-in page."


def oidc_router(oidc: Oidc, address: str) -> APIRouter:
    """``/sign-in/elsewhere`` and ``…/done``; ``address`` is the pages' own, empty: as they are asked for."""
    router = APIRouter(dependencies=[Depends(anyone)])

    def return_address(request: Request) -> str:
        return f"{(address or str(request.base_url)).rstrip('/')}{ELSEWHERE}/done"

    @router.get(ELSEWHERE)
    def leave(request: Request, to: str = "") -> Response:
        """Send the browser to the provider."""
        limited(request, "sign-in", _PER_MINUTE)
        there, begun = oidc.begin(return_address(request), own_page(to))
        response = go(there)
        sealed = desk_of(request).secrets.seal(msgspec.json.encode(begun).decode()).hex()
        set_cookie(request, response, _COOKIE, sealed, max_age_s=_PATIENCE_S)
        return response

    @router.get(f"{ELSEWHERE}/done")
    def come_back(request: Request, code: str = "", state: str = "", iss: str = "") -> Response:
        """Begin a session for whom the provider says that is."""
        limited(request, "sign-in", _PER_MINUTE)
        desk = desk_of(request)
        begun = _begun(request, desk)
        fresh = begun is not None and time.time() - begun.began_at_s < _PATIENCE_S
        if (
            begun is None
            or not fresh
            or not hmac.compare_digest(begun.state.encode(), state.encode("utf-8", "replace"))
        ):
            raise Refusal(403, _STALE)
        if not code or (iss and iss != oidc.provider.issuer):
            raise Refusal(403, f"{oidc.provider.called.capitalize()} did not sign you in; try again.")
        account = _account_of(desk, oidc, oidc.finish(return_address(request), begun, code))
        response = enter(request, account, begun.to, by="provider", is_proven=True)
        forget_cookie(request, response, _COOKIE)
        return response

    return router


def _begun(request: Request, desk: Desk) -> Begun | None:
    sealed = request.cookies.get(cookie_name(request, _COOKIE), "")
    try:
        return msgspec.json.decode(desk.secrets.open(bytes.fromhex(sealed)), type=Begun)
    except (ValueError, DeskError, msgspec.DecodeError):
        return None


def _account_of(desk: Desk, oidc: Oidc, claimed: Claimed) -> Account:
    """The account of whoever came back, made at the first time, with the roles that the provider says now.

    Raises:
        Refusal: 403, without a role here, or with roles that are not for one person, or when the account is
            locked or the name another's.
    """
    issuer = oidc.provider.issuer
    account = desk.accounts.of_subject(issuer, claimed.subject)
    if not claimed.roles or (account is not None and account.is_locked):
        name = account.name if account else "sign-in"
        desk.audit.write("nobody", "", "refused", f"account/{name}", reason="no role, or locked")
        raise Refusal(403, "You have no role at this desk; ask your administrator for one.")
    try:
        check_apart(claimed.roles)
    except AccountError as error:
        desk.audit.write(
            "nobody", "", "refused", "account/sign-in", reason="roles that are not for one person"
        )
        raise Refusal(403, f"{error} Your administrator can have it changed there.") from error
    if account is None:
        if desk.accounts.find(claimed.name) is not None:
            raise Refusal(403, "Another account has your name here; ask your administrator to settle it.")

        def entered(database: sqlite3.Connection, name: str) -> None:
            desk.audit.append(database, "provider", "", "added", f"account/{name}")

        with unwritable():
            return desk.accounts.add(
                claimed.name,
                claimed.roles,
                shown_as=claimed.shown_as,
                issuer=issuer,
                subject=claimed.subject,
                enter=entered,
            )
    if account.roles != claimed.roles:
        desk.audit.write(
            "provider", "", "changed", f"account/{account.name}", reason=", ".join(sorted(claimed.roles))
        )
        desk.accounts.set_roles(account.name, claimed.roles)
        desk.sessions.end_all(account.name)
    return desk.accounts.get(account.name)
