"""Sentences that Roadwitness recorded in English, told in another language.

A finding, a budget's term and a weighed plate keep the sentence that was written when they were made. The
table ``[sentences]`` of a language has each such sentence, with names in braces for what changes::

    "{looks} looks at {id_camera}" = "{looks} Blicke bei {id_camera}"

What stands for a name is told by the same table, looked up among the recorded words, or written as the
language writes a number or a day; names that begin with ``id_`` are put in as they are.
"""

from __future__ import annotations

import datetime
import re
import string
from functools import cache

from enforcement.papers.texts import MODEL, Texts, load_court_texts

_NUMBER = re.compile(r"-?\d+\.\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LIST = re.compile(r", | and ")
_AS_IT_IS = "id_"


def retold(sentence: str, texts: Texts) -> str | None:
    """A recorded sentence in the language of ``texts``; None where that language does not know it."""
    if texts.language == MODEL:
        return sentence
    for pattern, translation in _patterns(texts.language):
        found = pattern.fullmatch(sentence)
        if found is not None:
            parts = {name: _part(name, value, texts) for name, value in found.groupdict().items()}
            return translation.format(**parts)
    return None


def retold_or_quoted(sentence: str, texts: Texts) -> str:
    """A recorded sentence in the language of ``texts``, or quoted as the English words that it is."""
    told = retold(sentence, texts)
    return texts.say("court.recorded", text=sentence) if told is None else told


def _part(name: str, value: str, texts: Texts) -> str:
    if name.startswith(_AS_IT_IS):
        return value
    told = retold(value, texts)
    if told is not None:
        return told
    if _NUMBER.fullmatch(value):
        return value.replace(".", texts.say("language.decimal"))
    if _DAY.fullmatch(value):
        return texts.day(datetime.date.fromisoformat(value))
    return ", ".join(texts.recorded(one) for one in _LIST.split(value))


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What to look for and what it becomes; the first that fits counts."""
    table = load_court_texts(language).table("sentences")
    return tuple((_pattern(english), translation) for english, translation in table.items())


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(
        "".join(
            re.escape(text) + (f"(?P<{name}>.+?)" if name else "")
            for text, name, _, _ in string.Formatter().parse(english)
        )
    )
