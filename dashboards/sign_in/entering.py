"""How somebody who has shown who they are gets in: a session of their own, and on to what they came for."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from dashboards.rendering import home_of
from dashboards.sign_in.accounts import Account
from dashboards.sign_in.asking import desk_of, look_again
from dashboards.sign_in.cookies import give_session, session_token
from dashboards.sign_in.limits import client_of

# In this order: most browsers also name those that came before them.
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def enter(request: Request, account: Account, to: str, *, by: str, is_proven: bool) -> Response:
    """Begin a session and go on to ``to``, or where this person begins; ``by`` is what was shown."""
    desk_of(request).note(account.person, "signed-in", f"account/{account.name}", reason=by)
    return renewed(request, account, to or home_of(account.person), is_proven=is_proven)


def renewed(request: Request, account: Account, to: str, *, is_proven: bool) -> Response:
    """Another session for this browser in place of the one it had, and on to ``to``.

    A token that somebody else planted, or saw before more was shown or changed, is worth nothing afterwards.
    """
    sessions = desk_of(request).sessions
    if held := session_token(request):
        sessions.end(held)
    response = go(to)
    give_session(request, response, sessions.begin(account.name, _client(request), is_proven=is_proven))
    look_again(request)
    return response


def go(address: str) -> Response:
    """On to another page."""
    return RedirectResponse(address, status_code=303)


def own_page(address: str) -> str:
    """The address if it is a page of ours, empty otherwise: nobody is led elsewhere from here.

    >>> own_page("/cases/1?view=plate"), own_page("//evil.example"), own_page("https://evil.example")
    ('/cases/1?view=plate', '', '')
    """
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_ours else ""


def _client(request: Request) -> str:
    return f"{browser_of(request.headers.get('user-agent', ''))}, {client_of(request)}"


def browser_of(agent: str) -> str:
    """How a person calls the browser that names itself ``agent``.

    >>> browser_of("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36")
    'Chrome on Windows'
    """
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A program")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser
