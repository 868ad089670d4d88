"""Who asks, and whether they may: each route says which right it needs, or that it is open to all.

A route declares exactly one of ``Depends(needs(Right.X))``, ``Depends(person_of)``, ``Depends(anyone)`` and,
on the way in, ``Depends(unfinished(…))``; an application with a route that declares none does not start.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request

from dashboards.failures import Refusal, SignInNeeded
from dashboards.sign_in.accounts import Account
from dashboards.sign_in.cookies import session_token
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.rights import Person, Right, Role
from dashboards.sign_in.sessions import Session

_SIGN_IN = "/sign-in"
#: What one session may ask: a case has some twenty pictures, and an officer may open one every second.
_PER_MINUTE = 2400.0


@dataclass(frozen=True)
class Visitor:
    """Who holds a session. ``still``: the page where something is asked before any other; else empty."""

    account: Account
    session: Session
    still: str


def person_of(request: Request) -> Person:
    """Who is signed in, whatever they may do.

    Raises:
        SignInNeeded: when nobody is; a page then leads to the sign-in and back.
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise SignInNeeded(_and_back(request, _SIGN_IN))
    if visitor.still:
        raise SignInNeeded(_and_back(request, visitor.still))
    return visitor.account.person


@dataclass(frozen=True)
class Needs:
    """Lets only those through who have a right, and writes down whom it did not."""

    right: Right

    def __call__(self, request: Request) -> Person:
        """The person who asks.

        Raises:
            SignInNeeded: when nobody is signed in.
            Refusal: 403, when they have not this right.
        """
        person = person_of(request)
        if not person.may(self.right):
            subject = f"{self.right.value}: {request.method} {_template(request)}"
            desk_of(request).note(person, "refused", subject)
            raise Refusal(
                403, f"Your account may not {self.right.value}; ask your administrator if your work needs it."
            )
        return person


def needs(right: Right) -> Needs:
    """A dependency that gives the person, who has this right: ``Annotated[Person, Depends(needs(…))]``."""
    return Needs(right)


@dataclass(frozen=True)
class Unfinished:
    """Lets through whoever is signed in, and whoever is not quite but has to be at ``address`` next."""

    address: str

    def __call__(self, request: Request) -> Visitor:
        """Who holds the session.

        Raises:
            SignInNeeded: when nobody does, or something else comes first.
        """
        visitor = visitor_of(request)
        if visitor is None:
            raise SignInNeeded(_SIGN_IN)
        if visitor.still not in ("", self.address):
            raise SignInNeeded(visitor.still)
        return visitor


def unfinished(address: str) -> Unfinished:
    """The dependency of a page that some have to pass before they are signed in; gives the visitor."""
    return Unfinished(address)


def anyone() -> None:
    """The dependency of a route that is open to all, signed in or not."""


def visitor_of(request: Request) -> Visitor | None:
    """Who holds the session that this request shows; None where there is none. Looked up once a request."""
    if not hasattr(request.state, "visitor"):
        # None first: where this fails, the page that says so is rendered for nobody and does not ask again.
        request.state.visitor = None
        request.state.visitor = _look_up(request)
        if request.state.visitor is not None:
            handle = request.state.visitor.session.handle
            desk_of(request).limits.take("session", handle, _PER_MINUTE, _PER_MINUTE / 4)
    visitor: Visitor | None = request.state.visitor
    return visitor


def look_again(request: Request) -> None:
    """The session of this request is another one from now on."""
    request.state.visitor = _look_up(request)


def desk_of(request: Request) -> Desk:
    """The desk of the application that was asked."""
    desk: Desk = request.app.state.desk
    return desk


def _look_up(request: Request) -> Visitor | None:
    desk: Desk | None = getattr(request.app.state, "desk", None)
    token = session_token(request)
    session = desk.sessions.find(token) if desk and token else None
    if desk is None or session is None:
        return None
    account = desk.accounts.find(session.name)
    if account is None or account.is_locked:
        return None
    return Visitor(account, session, _still(desk, account, session))


def _still(desk: Desk, account: Account, session: Session) -> str:
    if account.has_second_factor and not session.is_proven:
        return "/sign-in/code"
    if account.must_change_password:
        return "/account/password"
    if not account.issuer and not account.has_second_factor and _needs_factor(desk, account.roles):
        return "/account/second-factor"
    return ""


def _needs_factor(desk: Desk, roles: frozenset[Role]) -> bool:
    return bool(roles & desk.settings.second_factor)


def _and_back(request: Request, address: str) -> str:
    """``address``, told which page was wanted."""
    if request.method != "GET" or request.url.path == "/":
        return address
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{address}?to={quote(wanted, safe='')}"


def _template(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", ""))
