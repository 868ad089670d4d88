"""Views of the queue that an officer keeps under a name, some of them for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enforcement.desk.desk_file import DeskFile
from enforcement.errors import DeskError

LONGEST_NAME = 40
LONGEST_QUERY = 600
#: More than this nobody finds anything in.
MOST_OF_ONE = 30


@dataclass(frozen=True)
class SavedView:
    """A view: ``query`` is what follows the question mark in the queue's address."""

    owner: str
    name: str
    query: str
    is_shared: bool


class SavedViews:
    """The views in a desk file."""

    def __init__(self, file: DeskFile) -> None:
        self._file = file

    def of(self, officer: str) -> Sequence[SavedView]:
        """The officer's own views by name, then those that others share with everybody."""
        with self._file.reading() as database:
            rows = database.execute(
                """SELECT owner, name, query, is_shared FROM saved_views WHERE owner = ?1 OR is_shared
                ORDER BY owner != ?1, name, owner""",
                (officer,),
            ).fetchall()
        return [SavedView(owner, name, query, bool(is_shared)) for owner, name, query, is_shared in rows]

    def save(self, view: SavedView) -> None:
        """Keep a view; one of the same owner and name is replaced.

        Raises:
            DeskError: when the name is empty or too long, the view too long, or the owner has too many.
        """
        if not 1 <= len(view.name) <= LONGEST_NAME or not view.name.isprintable():
            raise DeskError(f"Give the view a name of 1 to {LONGEST_NAME} characters.")
        if len(view.query) > LONGEST_QUERY:
            raise DeskError("This view has too many filters to be kept; use fewer.")
        with self._file.transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO saved_views VALUES (?, ?, ?, ?)",
                (view.owner, view.name, view.query, int(view.is_shared)),
            )
            [(number,)] = database.execute("SELECT count(*) FROM saved_views WHERE owner = ?", (view.owner,))
            if number > MOST_OF_ONE:
                raise DeskError(f"You keep {MOST_OF_ONE} views already; delete one that you no longer need.")

    def delete(self, owner: str, name: str) -> None:
        """Forget a view; one that is not there is forgotten already."""
        with self._file.transaction() as database:
            database.execute("DELETE FROM saved_views WHERE owner = ? AND name = ?", (owner, name))
