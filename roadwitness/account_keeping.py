"""The accounts of a data folder, kept on the command line; whoever has the folder may."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.table import Table

from dashboards.sign_in.desk import Desk
from dashboards.sign_in.errors import AccountError
from dashboards.sign_in.keeping import Keeper, Keeping
from dashboards.sign_in.keeping_pages import state_of
from dashboards.sign_in.rights import Role
from roadwitness.data_folder import DataFolder
from roadwitness.desk_audit import COMMAND_LINE
from roadwitness.own_desk import open_desk
from roadwitness.progress import results, say

#: The account that a desk without any begins with.
FIRST = "administrator"
#: The invented officer of the demo.
_INVENTED = ("demo", "A. Demo")
_LINK_VALID_S = 12 * 3600.0


def add_account(data: Path, name: str, roles: Sequence[Role], shown_as: str) -> None:
    """Make an account; its one-time password goes to stdout, and nowhere else."""
    with _keeping(data, begins=True) as keeping:
        account, password = keeping.add(name, roles, shown_as)
    say(f"{account.name} signs in with this password once, and then chooses another:")
    print(password)


def list_accounts(data: Path) -> None:
    """Print every account.

    Raises:
        AccountError: where no account was ever made.
    """
    _check(data)
    table = Table("name", "shown as", "roles", "second factor", "state", box=None, pad_edge=False)
    with open_desk(DataFolder.open(data)) as desk:
        for account in desk.accounts.all():
            table.add_row(
                account.name,
                account.shown_as,
                ", ".join(sorted(account.roles)),
                "yes" if account.has_second_factor else "no",
                state_of(account),
            )
    results.print(table)


def change_roles(data: Path, name: str, roles: Sequence[Role]) -> None:
    """Give an account these roles and no others."""
    with _keeping(data) as keeping:
        keeping.set_roles(name, roles)
    say(f"{name} is {', '.join(sorted(roles)) or 'without a role'} from now on.")


def reset_account(data: Path, name: str) -> None:
    """A new one-time password, on stdout."""
    with _keeping(data) as keeping:
        password = keeping.reset(name)
    say(f"{name} signs in with this password once, and sets up another second factor:")
    print(password)


def lock_account(data: Path, name: str, *, is_locked: bool) -> None:
    """Lock an account, or open it again."""
    with _keeping(data) as keeping:
        keeping.set_locked(name, is_locked)
    say(f"{name} is {'locked' if is_locked else 'open again'}.")


def first_account(desk: Desk) -> None:
    """Make the administrator of a desk that has no account yet, and print the one-time password, once."""
    if desk.accounts.all():
        return
    _, password = Keeping(desk, Keeper("first start", COMMAND_LINE)).add(FIRST, [Role.ADMINISTRATOR])
    say(f"Nobody could sign in yet. Sign in as {FIRST} with this password, which is not shown again:")
    print(password, flush=True)


def invented_officer(desk: Desk) -> str:
    """The path of a link that signs in the demo's officer once; the account is made if it is not there."""
    name, shown_as = _INVENTED
    if desk.accounts.find(name) is None:
        desk.accounts.add(name, [Role.REVIEWER, Role.SUPERVISOR], shown_as=shown_as)
    return desk.links.make(name, _LINK_VALID_S)


@contextmanager
def _keeping(data: Path, *, begins: bool = False) -> Iterator[Keeping]:
    if not begins:
        _check(data)
    with open_desk(DataFolder.open(data)) as desk:
        yield Keeping(desk, Keeper(getpass.getuser(), COMMAND_LINE))


def _check(data: Path) -> None:
    # A name that was mistyped must not become a folder with an empty desk, which would look like an answer.
    if not DataFolder(data).desk.is_file():
        raise AccountError(f"No account was ever made in {data}: name the folder of the pages with --data.")
