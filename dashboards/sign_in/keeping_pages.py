"""The page of all accounts, for whoever keeps them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from dashboards.guard import check_form
from dashboards.rendering import Pages
from dashboards.sign_in.accounts import Account
from dashboards.sign_in.asking import desk_of, needs, person_of
from dashboards.sign_in.errors import AccountError
from dashboards.sign_in.keeping import Keeper, Keeping
from dashboards.sign_in.rights import RIGHTS, Person, Right, Role, as_roles

ACCOUNTS = "/accounts"
Keeps = Annotated[Person, Depends(needs(Right.KEEP_ACCOUNTS))]
Text = Annotated[str, Form()]
Roles = Annotated[list[str] | None, Form()]


def keeping_router(pages: Pages) -> APIRouter:
    """``/accounts`` with ``/add``, ``/roles``, ``/reset`` and ``/lock``."""
    router = APIRouter(prefix=ACCOUNTS)

    def show(
        request: Request, problem: str = "", done: str = "", password: str = "", status: int = 200
    ) -> Response:
        desk_of(request).note(person_of(request), "looked", "accounts")
        context = {
            "accounts": desk_of(request).accounts.all(),
            "roles": list(Role),
            "rights": {role: sorted(right.value for right in RIGHTS[role]) for role in Role},
            "state_of": state_of,
            "problem": problem,
            "done": done,
            "password": password,
        }
        return pages.render(request, "accounts.html", context, status)

    def keeping(request: Request, person: Person, csrf_token: str) -> Keeping:
        check_form(request, csrf_token)
        return Keeping(desk_of(request), Keeper(person.name, as_roles(person)))

    @router.get("")
    def accounts_page(request: Request, person: Keeps) -> Response:
        """Every account with its roles."""
        return show(request)

    @router.post("/add")
    def add(
        request: Request,
        person: Keeps,
        name: Text = "",
        shown_as: Text = "",
        roles: Roles = None,
        csrf_token: Text = "",
    ) -> Response:
        """Make an account; its one-time password is shown once."""
        try:
            account, password = keeping(request, person, csrf_token).add(name, _known(roles), shown_as)
        except AccountError as error:
            return show(request, problem=str(error), status=422)
        return show(request, done=f"The account {account.name} is made.", password=password)

    @router.post("/roles")
    def set_roles(
        request: Request,
        person: Keeps,
        name: Text = "",
        roles: Roles = None,
        reason: Text = "",
        csrf_token: Text = "",
    ) -> Response:
        """Change the roles of an account; it is signed out everywhere."""
        try:
            keeping(request, person, csrf_token).set_roles(name, _known(roles), reason)
        except AccountError as error:
            return show(request, problem=str(error), status=422)
        return show(request, done=f"{name} has other roles from now on, and has to sign in again.")

    @router.post("/reset")
    def reset(request: Request, person: Keeps, name: Text = "", csrf_token: Text = "") -> Response:
        """A new one-time password for an account, shown once; its second factor is set up anew."""
        try:
            password = keeping(request, person, csrf_token).reset(name)
        except AccountError as error:
            return show(request, problem=str(error), status=422)
        return show(
            request, done=f"{name} begins anew, with a second factor to be set up.", password=password
        )

    @router.post("/lock")
    def lock(
        request: Request, person: Keeps, name: Text = "", lock: Text = "", csrf_token: Text = ""
    ) -> Response:
        """Lock an account, or open it again."""
        is_locked = lock == "yes"
        try:
            keeping(request, person, csrf_token).set_locked(name, is_locked)
        except AccountError as error:
            return show(request, problem=str(error), status=422)
        return show(request, done=f"{name} is {'locked and signed out' if is_locked else 'open again'}.")

    return router


def state_of(account: Account) -> str:
    """What there is to say of an account in a word or two; empty where nothing is."""
    if account.is_locked:
        return "locked"
    if account.issuer:
        return "signs in elsewhere"
    if not account.password:
        return "no password"
    if account.must_change_password:
        return "one-time password not used yet"
    return "" if account.has_second_factor else "no second factor"


def _known(names: list[str] | None) -> frozenset[Role]:
    try:
        return frozenset(Role(name) for name in names or ())
    except ValueError as error:
        raise AccountError("There is no such role: choose from those on the page.") from error
