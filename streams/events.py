"""Events for the log: a name that machines count, a sentence that people read, and a few fields.

An event's text and fields name cameras, topics, numbers and reasons. They never hold a plate, a person's
name, a case or its text, or a credential: logs are copied to places that forget nothing.
"""

from __future__ import annotations

import logging

Field = str | int | float | bool

#: Where a log record carries its event, for whoever formats it.
NAME, FIELDS = "roadwitness_event", "roadwitness_fields"


class Events:
    """The events of one module, through the standard library's logging."""

    def __init__(self, module: str) -> None:
        """``module`` is the ``__name__`` of the caller."""
        self._logger = logging.getLogger(module)

    def debug(self, event: str, sentence: str = "", **fields: Field) -> None:
        """Of use only to whoever looks for a fault."""
        self._log(logging.DEBUG, event, sentence, fields)

    def info(self, event: str, sentence: str = "", **fields: Field) -> None:
        """The ordinary course of things."""
        self._log(logging.INFO, event, sentence, fields)

    def warning(self, event: str, sentence: str = "", **fields: Field) -> None:
        """A person should know, though the work goes on."""
        self._log(logging.WARNING, event, sentence, fields)

    def error(
        self, event: str, sentence: str = "", *, failure: BaseException | None = None, **fields: Field
    ) -> None:
        """The work has ended, or something of it is lost; of ``failure`` its kind and place are kept."""
        self._log(logging.ERROR, event, sentence, fields, failure)

    def _log(
        self,
        level: int,
        event: str,
        sentence: str,
        fields: dict[str, Field],
        failure: BaseException | None = None,
    ) -> None:
        extra = {NAME: event, FIELDS: fields}
        self._logger.log(level, "%s", sentence or event, extra=extra, exc_info=failure, stacklevel=3)
