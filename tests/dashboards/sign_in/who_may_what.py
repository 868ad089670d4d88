"""``docs/who-may-what.md``: every page and form, and which roles may use it.

``python -m tests.dashboards.sign_in.who_may_what`` writes it anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from dashboards.sign_in.declaring import OpenTo, Route, declared
from dashboards.sign_in.rights import RIGHTS, Right, Role
from tests.conftest import REPOSITORY

PAGE = REPOSITORY / "docs" / "who-may-what.md"
_HEAD = """# Who may what

Every address of the review pages, and the roles that may use it. Written from what the routes declare, by
`python -m tests.dashboards.sign_in.who_may_what`; a test asks each of them as each role, as nobody and with a
session that is over, and compares. A route that declares nothing keeps the application from starting.
"""


def may(role: Role, to: Right | OpenTo) -> bool:
    """Whether somebody who has this role alone may."""
    return to in RIGHTS[role] if isinstance(to, Right) else True


def as_page(routes: Iterable[Route]) -> str:
    """The page."""
    routes = list(routes)
    roles = list(Role)
    lines = [_HEAD, "## By right", ""]
    lines += ["| right | " + " | ".join(roles) + " |", "|---|" + "---|" * len(roles)]
    for right in Right:
        lines.append(f"| {right.value} | " + " | ".join("yes" if may(r, right) else "" for r in roles) + " |")
    for right in Right:
        lines += _part(right.value.capitalize(), [route for route in routes if route.to is right])
    for open_to in OpenTo:
        lines += _part(f"Open to {open_to.value}", [route for route in routes if route.to is open_to])
    return "\n".join(lines) + "\n"


def _part(title: str, routes: list[Route]) -> list[str]:
    if not routes:
        return []
    rows = [f"| {route.method} `{route.path}` | {route.does} |" for route in routes]
    return ["", f"## {title}", "", "| address | what it does |", "|---|---|", *rows]


def main() -> None:
    """Write the page."""
    from tests.dashboards.conftest import opened

    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), "who_may_what") as office:
        PAGE.write_text(as_page(declared(office.app())), encoding="utf-8")


if __name__ == "__main__":
    main()
