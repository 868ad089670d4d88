"""Signing in with a password and signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.guard import check_form
from dashboards.rendering import Pages, home_of
from dashboards.sign_in.accounts import Account
from dashboards.sign_in.asking import anyone, as_roles, desk_of, visitor_of
from dashboards.sign_in.cookies import give_session, session_token, take_session

#: One sentence for every reason, so that nobody learns which names there are.
_NOT_THESE = "This name and password do not fit together. After several tries, wait a little before the next."


def sign_in_router(pages: Pages) -> APIRouter:
    """``/sign-in`` and ``/sign-out``."""
    router = APIRouter()

    @router.get("/sign-in", dependencies=[Depends(anyone)])
    def sign_in_page(request: Request, to: str = "") -> Response:
        """The form; whoever is signed in goes on."""
        visitor = visitor_of(request)
        if visitor is not None:
            return _go(visitor.still or _wanted(to) or home_of(visitor.account.person))
        return pages.render(request, "sign_in.html", {"to": _wanted(to), "name": "", "problem": ""})

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
        desk = desk_of(request)
        account = desk.accounts.find(name)
        fits = desk.passwords.fits(account.password if account else "", password)
        if account is None or account.is_locked or not fits:
            desk.audit.write("nobody", "", "refused", "sign-in")
            context = {"to": _wanted(to), "name": name, "problem": _NOT_THESE}
            return pages.render(request, "sign_in.html", context, 401)
        return begin_session(request, account, _wanted(to), is_proven=False)

    @router.post("/sign-out", dependencies=[Depends(anyone)])
    def sign_out(request: Request, csrf_token: Annotated[str, Form()] = "") -> Response:
        """End the session of this browser."""
        check_form(request, csrf_token)
        visitor = visitor_of(request)
        if visitor is not None:
            desk = desk_of(request)
            person = visitor.account.person
            desk.audit.write(person.name, as_roles(person), "signed-out", f"account/{person.name}")
            desk.sessions.end(session_token(request))
        response = _go("/sign-in")
        take_session(request, response)
        return response

    return router


def begin_session(request: Request, account: Account, to: str, *, is_proven: bool) -> Response:
    """A session for this browser, in place of one that it had, and the way on to ``to``."""
    desk = desk_of(request)
    person = account.person
    desk.audit.write(person.name, as_roles(person), "signed-in", f"account/{person.name}")
    if held := session_token(request):
        desk.sessions.end(held)
    token = desk.sessions.begin(account.name, _client(request), is_proven=is_proven)
    response = _go(to or home_of(person))
    give_session(request, response, token)
    return response


def _go(address: str) -> Response:
    return RedirectResponse(address, status_code=303)


def _wanted(to: str) -> str:
    """The page to go on to, if it is one of ours; empty otherwise."""
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if is_ours else ""


def _client(request: Request) -> str:
    address = request.client.host if request.client else "an unknown address"
    return f"{request.headers.get('user-agent', 'an unknown browser')[:160]}, {address}"
