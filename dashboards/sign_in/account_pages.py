"""Everybody's own account: password, second factor, and where they are signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.rendering import Pages
from dashboards.sign_in.asking import Visitor, desk_of, person_of, unfinished, visitor_of
from dashboards.sign_in.cookies import take_session
from dashboards.sign_in.entering import go, renewed
from dashboards.sign_in.limits import limited
from dashboards.sign_in.password_rules import LONGEST, SHORTEST, fault_of
from dashboards.sign_in.rights import RIGHTS, Person
from enforcement.errors import DeskError

ACCOUNT = "/account"
PASSWORD = "/account/password"
SECOND_FACTOR = "/account/second-factor"
_PER_MINUTE = 20.0
_WRONG_CODE = (
    "This is not the code that belongs to the secret below. Scan it, and type the digits shown then."
)
_WRONG_NOW = (
    "This is not a code of the factor that you have now. Wait for its next code, and type that; after "
    "several tries, wait a while."
)


def account_router(pages: Pages) -> APIRouter:
    """``/account`` with ``/password``, ``/second-factor``, ``/sessions/end`` and ``/sessions/end-all``."""
    router = APIRouter()

    @router.get(ACCOUNT)
    def account_page(request: Request, person: Annotated[Person, Depends(person_of)]) -> Response:
        """The account, and the browsers in which it is signed in."""
        desk = desk_of(request)
        visitor = _visitor(request)
        context = {
            "account": visitor.account,
            "rights": sorted({right.value for role in person.roles for right in RIGHTS[role]}),
            "codes_left": desk.second_factor.recovery_codes_left(person.name)
            if visitor.account.has_second_factor
            else 0,
            "sessions": desk.sessions.of(person.name),
            "here": visitor.session.handle,
        }
        return pages.render(request, "account.html", context)

    def password_form(request: Request, visitor: Visitor, problem: str, status: int = 200) -> Response:
        context = {
            "must": visitor.still == PASSWORD,
            "name": visitor.account.name,
            "shortest": SHORTEST,
            "longest": LONGEST,
            "problem": problem,
        }
        return pages.render(request, "account_password.html", context, status)

    @router.get(PASSWORD)
    def password_page(
        request: Request, visitor: Annotated[Visitor, Depends(unfinished(PASSWORD))]
    ) -> Response:
        """Asks for the old and a new password."""
        _has_password(visitor)
        return password_form(request, visitor, "")

    @router.post(PASSWORD)
    def change_password(
        request: Request,
        visitor: Annotated[Visitor, Depends(unfinished(PASSWORD))],
        old: Annotated[str, Form()] = "",
        new: Annotated[str, Form()] = "",
        again: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Change the password; every other browser is signed out."""
        check_form(request, csrf_token)
        limited(request, "password", _PER_MINUTE)
        _has_password(visitor)
        desk, account = desk_of(request), visitor.account
        if not desk.tries.may_try(account.name) or not desk.passwords.fits(account.password, old):
            problem = "The old password is not right. After several tries, wait a while before the next."
            return password_form(request, visitor, problem, 422)
        desk.tries.succeeded(account.name)
        if problem := _fault_of_change(account.name, old, new, again):
            return password_form(request, visitor, problem, 422)
        desk.note(account.person, "changed", f"account/{account.name}", reason="password")
        desk.accounts.set_password(account.name, desk.passwords.keep(new))
        desk.sessions.end_all(account.name)
        return renewed(request, account, ACCOUNT, is_proven=visitor.session.is_proven)

    def factor_form(request: Request, visitor: Visitor, secret: str, problem: str, status: int) -> Response:
        desk = desk_of(request)
        offer = desk.second_factor.offer(visitor.account.name, pages.title, secret)
        # The form brings the secret back sealed, bound to this session: nobody else's can be slipped in.
        sealed = desk.secrets.seal(f"{visitor.session.handle} {offer.secret}").hex()
        context: Mapping[str, object] = {
            "must": visitor.still == SECOND_FACTOR,
            "replaces": visitor.account.has_second_factor,
            "offer": offer,
            "sealed": sealed,
            "problem": problem,
        }
        return pages.render(request, "account_second_factor.html", context, status)

    @router.get(SECOND_FACTOR)
    def factor_page(
        request: Request, visitor: Annotated[Visitor, Depends(unfinished(SECOND_FACTOR))]
    ) -> Response:
        """Shows a new secret once, to be scanned or typed."""
        return factor_form(request, visitor, "", "", 200)

    @router.post(SECOND_FACTOR)
    def set_up_factor(
        request: Request,
        visitor: Annotated[Visitor, Depends(unfinished(SECOND_FACTOR))],
        sealed: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        now: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Keep the secret where a code of it is typed; shows the recovery codes once."""
        check_form(request, csrf_token)
        limited(request, "second factor", _PER_MINUTE)
        desk, account = desk_of(request), visitor.account
        secret = _opened(request, visitor, sealed)
        if account.has_second_factor:
            # Counted like a sign-in: whoever has only the session could guess here all day.
            if not desk.tries.may_try(account.name) or not desk.second_factor.proves(account.name, now):
                return factor_form(request, visitor, secret, _WRONG_NOW, 422)
            desk.tries.succeeded(account.name)
        codes = desk.second_factor.set_up(account.name, secret, code)
        if not codes:
            return factor_form(request, visitor, secret, _WRONG_CODE, 422)
        desk.note(account.person, "changed", f"account/{account.name}", reason="second factor")
        desk.sessions.end_all(account.name)
        done = renewed(request, account, ACCOUNT, is_proven=True)
        shown = pages.render(request, "account_recovery_codes.html", {"codes": codes})
        shown.headers.append("set-cookie", done.headers["set-cookie"])
        return shown

    @router.post("/account/sessions/end")
    def end_session(
        request: Request,
        person: Annotated[Person, Depends(person_of)],
        handle: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Sign out in one other browser."""
        check_form(request, csrf_token)
        desk = desk_of(request)
        desk.note(person, "signed-out", f"account/{person.name}", reason="another browser")
        desk.sessions.end_one(person.name, handle)
        return go(ACCOUNT)

    @router.post("/account/sessions/end-all")
    def end_all_sessions(
        request: Request,
        person: Annotated[Person, Depends(person_of)],
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Sign out everywhere, here too."""
        check_form(request, csrf_token)
        desk = desk_of(request)
        desk.note(person, "signed-out", f"account/{person.name}", reason="everywhere")
        desk.sessions.end_all(person.name)
        response = go("/sign-in")
        take_session(request, response)
        return response

    return router


def _visitor(request: Request) -> Visitor:
    visitor = visitor_of(request)
    assert visitor is not None  # person_of has let nobody else through
    return visitor


def _fault_of_change(name: str, old: str, new: str, again: str) -> str:
    """What keeps ``name`` from changing ``old`` to ``new``, as a sentence; empty when nothing does."""
    if fault := fault_of(new, name):
        return fault
    if new != again:
        return "The new password is not the same both times; type it again."
    return "Choose another password than the old one." if new == old else ""


def _has_password(visitor: Visitor) -> None:
    if not visitor.account.password:
        raise Refusal(403, "This account has no password here; change it where you sign in.")


def _opened(request: Request, visitor: Visitor, sealed: str) -> str:
    try:
        handle, _, secret = desk_of(request).secrets.open(bytes.fromhex(sealed)).partition(" ")
    except (ValueError, DeskError):
        handle, secret = "", ""
    if handle != visitor.session.handle:
        raise Refusal(403, "This form has expired, so nothing was changed; begin again at your account.")
    return secret
