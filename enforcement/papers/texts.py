"""What papers and the page for keepers say, in each language: out of files, all with the same keys."""

from __future__ import annotations

import datetime
import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from enforcement.errors import PapersError

#: The language whose file says which keys there are, and which names stand in each.
MODEL = "en"
_FILE = "{language}.toml"
#: The folders of what letters say, and of what the paper for a court says on top of it.
_LETTERS, _COURT = "texts", "court_texts"
#: A number with its unit, as our English records have it: ``± 1.2 km/h``.
_FIGURES = re.compile(r"(?<=\d)\.(?=\d)|(?<=\d )(?:km/h|m|s)\b")
_UNITS = {"km/h": "km_per_h", "m": "metre", "s": "second"}


@dataclass(frozen=True)
class Texts:
    """The texts of one language, by table and key."""

    language: str
    tables: Mapping[str, Mapping[str, Any]]

    def say(self, key: str, /, **names: str) -> str:
        """The text under ``table.key`` with its names filled in.

        Raises:
            PapersError: when the language has no such text.
        """
        table, _, name = key.partition(".")
        text = self.tables.get(table, {}).get(name)
        if not isinstance(text, str):
            raise PapersError(f"The texts in '{self.language}' have no {key}: add it to their file.")
        return text.format(**names)

    def table(self, name: str) -> Mapping[str, str]:
        """All texts of a table that have no names in them, as a page needs them."""
        return self.tables[name]

    def day(self, day: datetime.date) -> str:
        """A date as this language writes it."""
        month = self.tables["language"]["months"][day.month - 1]
        return self.say("language.date", day=str(day.day), month=month, year=str(day.year))

    def moment(self, at: datetime.datetime) -> str:
        """A date with the time of day and the zone."""
        return self.say("language.time", date=self.day(at.date()), clock=f"{at:%H:%M:%S}") + f" ({at:%Z})"

    def number(self, value: float, digits: int) -> str:
        """A number with this language's decimal sign."""
        return f"{value:.{digits}f}".replace(".", self.say("language.decimal"))

    def quantity(self, value: float, unit: str, digits: int, table: str = "units") -> str:
        """A value in its unit, as ``table`` writes units."""
        return self.say(f"{table}.{unit}", value=self.number(value, digits))

    def recorded(self, words: str) -> str:
        """What stands in the records in English words, in this language; as it stands where it has none.

        A key that ends with a blank is the beginning of what goes on with a name.
        """
        known = self.tables.get("recorded", {})
        if words in known:
            return str(known[words])
        begin = next((key for key in known if key.endswith(" ") and words.startswith(key)), None)
        return words if begin is None else f"{known[begin]}{words.removeprefix(begin)}"

    def figures(self, text: str) -> str:
        """Numbers and units of a short text of ours (``+21.3 km/h``) as the paper for a court writes them."""

        def written(found: re.Match[str]) -> str:
            unit = _UNITS.get(found[0])
            return self.say("language.decimal") if unit is None else self.say(f"court_drawings.{unit}")

        return _FIGURES.sub(written, text)


def languages() -> tuple[str, ...]:
    """The codes of the languages that come with Roadwitness, in order."""
    folder = files("enforcement.papers") / _LETTERS
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.is_file()))


def load_texts(language: str, folder: Path | None = None) -> Texts:
    """The texts of a language, out of ``folder`` or those that come with Roadwitness.

    Raises:
        PapersError: for a language without a file, and for a file in which something is missing or wrong.
    """
    if folder is None:
        return _shipped(language)
    tables = _checked(language, _read(language, folder / _FILE.format(language=language)), _LETTERS)
    return Texts(language, tables)


@cache
def load_court_texts(language: str) -> Texts:
    """The texts of the paper for a court, and those of letters, in a language that comes with Roadwitness.

    Raises:
        PapersError: for a language without texts.
    """
    letters = _shipped(language)
    return Texts(language, {**letters.tables, **_checked(language, _ours(language, _COURT), _COURT)})


@cache
def _shipped(language: str) -> Texts:
    if language not in languages():
        raise PapersError(
            f"There are no texts in the language {language!r}: choose one of {', '.join(languages())}, or "
            "name a folder with your own."
        )
    return Texts(language, _checked(language, _ours(language, _LETTERS), _LETTERS))


def _ours(language: str, folder: str) -> dict[str, Any]:
    path = files("enforcement.papers") / folder / _FILE.format(language=language)
    return _read(language, Path(str(path)))


def _read(language: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PapersError(f"There are no texts in the language {language!r}: {path} is missing.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PapersError(f"The texts in {path} cannot be read: {error}.") from error


def _checked(language: str, tables: dict[str, Any], folder: str) -> dict[str, Any]:
    """``tables``, where they have what the model's of this folder have."""
    for key, text in _all(_ours(MODEL, folder)):
        own = _found(tables, key)
        is_whole = len(own) == len(text) if isinstance(own, list) and isinstance(text, list) else True
        if type(own) is not type(text) or not is_whole:
            raise PapersError(f"The texts in '{language}' lack {key}: add it to their file.")
        if isinstance(own, str) and _names(key, own, language) != _names(key, str(text), MODEL):
            wanted = ", ".join(f"{{{one}}}" for one in sorted(_names(key, str(text), MODEL))) or "none"
            raise PapersError(
                f"The text {key} in '{language}' has other names in braces than it may: write {wanted}."
            )
    return tables


def _found(tables: dict[str, Any], key: str) -> object:
    table, _, name = key.partition(".")
    texts = tables.get(table)
    return texts.get(name) if isinstance(texts, dict) else None


def _all(tables: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, object]]:
    return [(f"{table}.{name}", text) for table, texts in tables.items() for name, text in texts.items()]


def _names(key: str, text: str, language: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise PapersError(f"The text {key} in '{language}' has a brace that does not close.") from error
