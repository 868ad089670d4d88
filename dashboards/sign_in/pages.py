"""Signing in with a password or a link and, where the account has one, a code; and signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from dashboards.guard import check_form
from dashboards.rendering import Pages, home_of
from dashboards.sign_in.asking import Visitor, anyone, desk_of, unfinished, visitor_of
from dashboards.sign_in.cookies import session_token, take_session
from dashboards.sign_in.entering import enter, go, own_page
from dashboards.sign_in.limits import limited

CODE = "/sign-in/code"
#: One sentence for every reason, so that nobody learns which names there are.
_NOT_THESE = "This name and password do not fit together. After several tries, wait a while before the next."
_NOT_THIS = "This is not the code of now. Wait for the next one; after several tries, wait a while."
_USED = "This link was used already, or is too old; sign in with your name and password."
#: Tries from one address, whatever the names.
_PER_MINUTE = 20.0


def sign_in_router(pages: Pages) -> APIRouter:
    """``/sign-in`` with ``/code`` and ``/link``, and ``/sign-out``."""
    router = APIRouter()

    def asked_again(request: Request, to: str, name: str, problem: str, status: int) -> Response:
        settings = desk_of(request).settings
        context = {
            "to": own_page(to),
            "name": name,
            "problem": problem,
            "passwords": settings.passwords,
            "elsewhere": settings.provider.called if settings.provider else "",
        }
        return pages.render(request, "sign_in.html", context, status)

    @router.get("/sign-in", dependencies=[Depends(anyone)])
    def sign_in_page(request: Request, to: str = "") -> Response:
        """The form; whoever is signed in goes on."""
        visitor = visitor_of(request)
        if visitor is not None:
            return go(visitor.still or own_page(to) or home_of(visitor.account.person))
        return asked_again(request, to, "", "", 200)

    @router.post("/sign-in", dependencies=[Depends(anyone)])
    def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        to: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Begin a session where name and password fit together."""
        check_form(request, csrf_token)
        limited(request, "sign-in", _PER_MINUTE)
        desk = desk_of(request)
        is_judged = desk.tries.may_try(name)
        account = desk.accounts.find(name)
        # Whatever is known already, the password is compared: all answers take as long.
        fits = desk.passwords.fits(account.password if account else "", password)
        if account is None or account.is_locked or not (fits and is_judged and desk.settings.passwords):
            desk.audit.write("nobody", "", "refused", f"account/{account.name}" if account else "sign-in")
            return asked_again(request, to, name, _NOT_THESE, 401)
        if not account.has_second_factor:
            desk.tries.succeeded(name)
        return enter(request, account, own_page(to), by="password", is_proven=False)

    @router.get("/sign-in/link/{token}", dependencies=[Depends(anyone)])
    def follow_link(request: Request, token: str) -> Response:
        """Begin a session by a link that works once, in place of a password; whose it was goes on."""
        limited(request, "sign-in", _PER_MINUTE)
        desk = desk_of(request)
        name = desk.links.use(token)
        account = desk.accounts.find(name) if name else None
        if account is None and (visitor := visitor_of(request)) is not None:
            return go(visitor.still or home_of(visitor.account.person))
        if account is None or account.is_locked:
            subject = f"account/{account.name}" if account else "sign-in"
            desk.audit.write("nobody", "", "refused", subject, reason="link")
            return asked_again(request, "", "", _USED, 401)
        return enter(request, account, "", by="link", is_proven=False)

    @router.get(CODE)
    def code_page(
        request: Request, visitor: Annotated[Visitor, Depends(unfinished(CODE))], to: str = ""
    ) -> Response:
        """Asks for the code of the second factor."""
        if visitor.still != CODE:
            return go(visitor.still or own_page(to) or home_of(visitor.account.person))
        return pages.render(request, "sign_in_code.html", {"to": own_page(to), "problem": ""})

    @router.post(CODE)
    def prove(
        request: Request,
        visitor: Annotated[Visitor, Depends(unfinished(CODE))],
        code: Annotated[str, Form()] = "",
        to: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Finish signing in by a code."""
        check_form(request, csrf_token)
        limited(request, "sign-in", _PER_MINUTE)
        desk, account = desk_of(request), visitor.account
        by = desk.second_factor.proves(account.name, code) if desk.tries.may_try(account.name) else ""
        if not by:
            desk.note(account.person, "refused", f"account/{account.name}", reason="code")
            return pages.render(request, "sign_in_code.html", {"to": own_page(to), "problem": _NOT_THIS}, 401)
        desk.tries.succeeded(account.name)
        return enter(request, account, own_page(to), by=by, is_proven=True)

    @router.post("/sign-out", dependencies=[Depends(anyone)])
    def sign_out(request: Request, csrf_token: Annotated[str, Form()] = "") -> Response:
        """End the session of this browser."""
        check_form(request, csrf_token)
        visitor = visitor_of(request)
        if visitor is not None:
            desk = desk_of(request)
            desk.note(visitor.account.person, "signed-out", f"account/{visitor.account.name}")
            desk.sessions.end(session_token(request))
        response = go("/sign-in")
        take_session(request, response)
        return response

    return router
