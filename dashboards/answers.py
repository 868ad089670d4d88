"""Answers as Arrow tables, for notebooks and other programs in Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from dashboards.named_queries import named_query
from enforcement.queries import reading_from


def ask(place: str | Path, query: str, parameters: Mapping[str, str] | None = None) -> pa.Table:
    """The answer to a query that only reads, or to ``@NAME``.

    Args:
        place: a data folder, also while it is served, or ``http://user:password@host:8123/database``.
        query: SQL, or the name of a question with ``@`` before it.
        parameters: what ``{name:Type}`` stands for; of a question those that are not its defaults.

    Raises:
        QuestionError: when there is no such question, or it has no such parameter.
        StoreError: when the store cannot be asked, or refuses.
    """
    values = dict(parameters or {})
    if query.startswith("@"):
        question = named_query(query[1:])
        query, values = question.sql, question.bind(values)
    with reading_from(place) as reader:
        return pa.ipc.open_stream(reader.ask(query, "arrow", values)).read_all()
