"""The countries and their plate formats, one TOML file a country in ``enforcement/grammars/countries``.

A file names the sources of its formats. ``share`` says how much of a country's (or region's) plates are of a
format; the shares need not sum to one. Formats of a federal country may name the region that issues them.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files

import msgspec

from enforcement.errors import GrammarError
from enforcement.grammars.alphabet import LETTERS
from enforcement.grammars.patterns import Sequence, expand


class Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One format, of one pattern or of several that are as common as one another.

    ``says`` describes it in brackets after 'fits Romania'; ``examples`` are invented plates of it.
    """

    id: str
    says: str
    patterns: tuple[str, ...]
    examples: tuple[str, ...]
    share: float = 1.0
    region: str = ""


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A state or province with plates of its own; ``share`` of the country's vehicles, in any unit."""

    name: str
    share: float = 1.0


class Country(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One country's plates: ``letters`` are those it uses, ``lists`` words by name, blanks between them."""

    code: str
    name: str
    sources: tuple[str, ...]
    formats: tuple[Format, ...]
    letters: str = LETTERS
    lists: dict[str, str] = {}
    regions: dict[str, Region] = {}
    note: str = ""

    def sequences(self, one: Format) -> tuple[Sequence, ...]:
        """The sequences of positions that one of this country's formats stands for."""
        lists = {name: tuple(words.split()) for name, words in self.lists.items()}
        return tuple(
            replace(sequence, share=sequence.share / len(one.patterns))
            for pattern in one.patterns
            for sequence in expand(pattern, self.letters, lists)
        )

    def place_of(self, one: Format) -> str:
        """Where plates of this format come from, in words: 'Romania', 'California, United States'."""
        return f"{self.regions[one.region].name}, {self.name}" if one.region else self.name

    def shares(self) -> tuple[float, ...]:
        """Which part of the country's plates each of ``formats`` is; they sum to one."""
        regions = {code: region.share for code, region in self.regions.items()} or {"": 1.0}
        whole = sum(regions.values())
        within = {code: sum(f.share for f in self.formats if f.region == code) for code in regions}
        return tuple(f.share / within[f.region] * regions[f.region] / whole for f in self.formats)


@cache
def load_countries() -> tuple[Country, ...]:
    """The countries shipped with this version, by code.

    Raises:
        GrammarError: naming the file that cannot be used.
    """
    folder = files("enforcement.grammars").joinpath("countries")
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".toml")}
    return tuple(read_country(name, texts[name]) for name in sorted(texts))


def read_country(name: str, text: str) -> Country:
    """One country from the text of its file.

    Raises:
        GrammarError: naming the file and what is wrong.
    """
    try:
        country = msgspec.convert(tomllib.loads(text), Country)
        _check(country)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise GrammarError(f"the plate formats {name} cannot be read: {error}; correct the file.") from error
    except GrammarError as error:
        raise GrammarError(f"the plate formats {name} cannot be used: {error}") from error
    return country


def grammar_version(countries: Iterable[Country] | None = None) -> str:
    """Twelve hexadecimal digits that change with any format: stored with whatever was weighed by them."""
    content = msgspec.json.encode(list(load_countries() if countries is None else countries), order="sorted")
    return hashlib.sha256(content).hexdigest()[:12]


def _check(country: Country) -> None:
    if not country.sources or not country.formats:
        raise GrammarError("it names no source or no format; give at least one of each.")
    for one in country.formats:
        if (one.region or country.regions) and one.region not in country.regions:
            raise GrammarError(f"the region '{one.region}' of format {one.id} is not among [regions].")
        if not one.share > 0.0:
            raise GrammarError(f"the share of format {one.id} is {one.share:g}; write a positive number.")
        country.sequences(one)
    for code in country.regions:
        if not any(one.region == code for one in country.formats):
            raise GrammarError(f"the region {code} has no format; add one, or leave the region out.")
