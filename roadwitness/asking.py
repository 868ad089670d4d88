"""What analysts ask on the command line: queries, named or written, of a data folder or a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from rich.table import Table

from dashboards.exporting import Wanted, export
from dashboards.named_queries import QuestionError, named_query, names
from enforcement.queries import reading_from
from roadwitness.data_folder import DataFolder
from roadwitness.desk_audit import note_here, opened_desk
from roadwitness.progress import progress, results, say

_SERVER = ("http://", "https://")


def place_of(data: Path, store: str | None) -> str | Path:
    """The data folder, or the server where one is named.

    Raises:
        QuestionError: when ``store`` is no address of a server.
    """
    if store is None:
        return data
    if not store.startswith(_SERVER):
        raise QuestionError(
            f"'{store}' is no ClickHouse server; write --store http://USER:PASSWORD@HOST:8123/DATABASE, or "
            "name the data folder with --data."
        )
    return store


def parameters_of(texts: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` as a dictionary; the last of a name counts."""
    pairs = [text.partition("=") for text in texts]
    for name, equals, _ in pairs:
        if not equals or not name:
            raise typer.BadParameter("write a parameter as NAME=VALUE", param_hint="--param")
    return {name: value for name, _, value in pairs}


def ask(place: str | Path, query: str, given: Mapping[str, str], output_format: str) -> bytes:
    """The answer to ``query``: SQL, or ``@NAME``.

    Raises:
        QuestionError: when there is no such question, or it has no such parameter.
        StoreError: when the store cannot be asked, or refuses.
    """
    values: Mapping[str, str] = given
    if query.startswith("@"):
        question = named_query(query[1:])
        query, values = question.sql, question.bind(given)
    with reading_from(place) as reader:
        return reader.ask(query, output_format, values)


def export_to(out: Path, wanted: Wanted, place: str | Path, file_format: str) -> None:
    """Write ``wanted`` to ``out``, with a bar.

    Raises:
        ExportRefused: for a view with personal data, or one that cannot be chosen from as asked.
        StoreError: when the store cannot be asked.
        AuditUnwritable: when the data folder's audit cannot take it; then nothing is exported.
    """
    if isinstance(place, Path) and DataFolder(place).desk.is_file():
        with opened_desk(place) as desk:
            note_here(desk, "exported", f"view/{wanted.view}")
    with reading_from(place) as reader, progress(f"Exporting {wanted.view}", "rows") as advance:
        rows = export(reader, wanted, out, file_format, advance)
    say(f"{rows} rows of {wanted.view} are in {out}.")


def list_questions() -> None:
    """Print every named query with its question and its parameters."""
    table = Table("name", "question", "parameters and what holds without them", box=None, pad_edge=False)
    for name in names():
        question = named_query(name)
        taken = "\n".join(f"{found.name}={found.default or chr(39) * 2}" for found in question.parameters)
        table.add_row(f"@{name}", question.question, taken)
    results.print(table)


def show_question(query: str) -> None:
    """Print the SQL of ``@NAME``, with what it takes and gives."""
    question = named_query(query.removeprefix("@"))
    lines = [f"-- {question.question}"]
    lines += [f"--   {p.name} = {p.default or chr(39) * 2}   {p.about}" for p in question.parameters]
    print("\n".join([*lines, question.sql]))
