"""What may stand on a plate: a small pattern language and the drawing of texts from it.

A pattern reads like a regular expression. Letters and digits stand for themselves, ``[A-Z]`` and ``\\d`` for
one of a class, ``(a|b)`` for one of several, ``?`` and ``{2,3}`` for a repetition, ``%name%`` for one of a
named set of the country. Blank, ``-``, ``.`` and ``:`` are drawn and never read; ``~`` is a gap with a
seal or an emblem, ``/`` the end of a line, ``<`` and ``>`` enclose smaller characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from streams.errors import RoadwitnessError

#: Drawn between characters, never part of the text: gaps, marks, line ends and changes of size.
SEPARATORS = " -.:~/<>"
#: Letters with a mark above, which registers of other countries write without it.
MARKED = {"Ä": "A", "Ö": "O", "Ü": "U", "Č": "C", "Ć": "C", "Š": "S", "Ž": "Z"}


class BadPattern(RoadwitnessError):
    """A pattern that cannot be understood; the text names the pattern and the place."""


@dataclass(frozen=True)
class _Choice:
    """One of several strings, all equally likely."""

    strings: tuple[str, ...]

    def draw(self, rng: np.random.Generator) -> str:
        return self.strings[int(rng.random() * len(self.strings))]


@dataclass(frozen=True)
class _Alternatives:
    """One of several sequences, all equally likely."""

    sequences: tuple[Pattern, ...]

    def draw(self, rng: np.random.Generator) -> str:
        return self.sequences[int(rng.random() * len(self.sequences))].draw(rng)


@dataclass(frozen=True)
class _Repeat:
    """A node, ``low`` to ``high`` times."""

    node: _Node
    low: int
    high: int

    def draw(self, rng: np.random.Generator) -> str:
        times = self.low + int(rng.random() * (self.high - self.low + 1))
        return "".join(self.node.draw(rng) for _ in range(times))


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: nodes that are drawn one after the other."""

    nodes: tuple[_Node, ...]

    def draw(self, rng: np.random.Generator) -> str:
        """A display text: characters with their separators, reading order."""
        return "".join([node.draw(rng) for node in self.nodes])


_Node = _Choice | _Alternatives | _Repeat


def plain_text(display: str) -> str:
    """What a register would hold of a display text: no separators, no line ends, no marks above letters."""
    return "".join(MARKED.get(character, character) for character in display if character not in SEPARATORS)


def compile_pattern(source: str, sets: Mapping[str, Sequence[str]]) -> Pattern:
    """Compile ``source``; ``sets`` holds what ``%name%`` may stand for. Raises :class:`BadPattern`."""
    reader = _Reader(source, sets)
    pattern = reader.sequence()
    if reader.at < len(source):
        raise BadPattern(
            f"The pattern {source!r} has a stray {source[reader.at]!r} at {reader.at}: remove it."
        )
    return pattern


class _Reader:
    """A recursive descent over one pattern's characters."""

    def __init__(self, source: str, sets: Mapping[str, Sequence[str]]) -> None:
        self.source = source
        self.sets = sets
        self.at = 0

    def sequence(self) -> Pattern:
        nodes: list[_Node] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            nodes.append(self._repeated(self._node()))
        return Pattern(tuple(nodes))

    def _node(self) -> _Node:
        character = self.source[self.at]
        self.at += 1
        if character == "[":
            return _Choice(tuple(self._members(self._until("]"))))
        if character == "\\":
            return self._escape()
        if character == "%":
            name = self._until("%")
            if not self.sets.get(name):
                raise BadPattern(f"The pattern {self.source!r} names the set {name!r}: add it to [sets].")
            return _Choice(tuple(self.sets[name]))
        if character == "(":
            return self._group()
        if character in "]{}?*+^$":
            raise BadPattern(
                f"The pattern {self.source!r} has a stray {character!r} at {self.at - 1}: remove it."
            )
        return _Choice((character,))

    def _group(self) -> _Node:
        branches = [self.sequence()]
        while self.at < len(self.source) and self.source[self.at] == "|":
            self.at += 1
            branches.append(self.sequence())
        if self.at >= len(self.source):
            raise BadPattern(f"The pattern {self.source!r} opens a group it does not close: add ')'.")
        self.at += 1
        return _Alternatives(tuple(branches))

    def _escape(self) -> _Node:
        if self.source[self.at : self.at + 1] != "d":
            raise BadPattern(
                f"The pattern {self.source!r} has an escape other than \\d: write the class out."
            )
        self.at += 1
        return _Choice(tuple("0123456789"))

    def _repeated(self, node: _Node) -> _Node:
        follows = self.source[self.at : self.at + 1]
        if follows == "?":
            self.at += 1
            return _Repeat(node, 0, 1)
        if follows != "{":
            return node
        self.at += 1
        low, _, high = self._until("}").partition(",")
        try:
            repeat = _Repeat(node, int(low), int(high or low))
        except ValueError:
            raise BadPattern(
                f"The pattern {self.source!r} repeats by no number: write {{2}} or {{1,3}}."
            ) from None
        if not 0 <= repeat.low <= repeat.high:
            raise BadPattern(f"The pattern {self.source!r} repeats {low} to {high} times: order the two.")
        return repeat

    def _members(self, inside: str) -> list[str]:
        inside = inside.replace("\\d", "0123456789")
        members: list[str] = []
        for index, character in enumerate(inside):
            if character == "-" and 0 < index < len(inside) - 1:
                members += [chr(code) for code in range(ord(inside[index - 1]) + 1, ord(inside[index + 1]))]
            else:
                members.append(character)
        if not members:
            raise BadPattern(f"The pattern {self.source!r} has an empty class: write its members.")
        return members

    def _until(self, end: str) -> str:
        stop = self.source.find(end, self.at)
        if stop < 0:
            raise BadPattern(f"The pattern {self.source!r} lacks a closing {end!r}: add it.")
        inside = self.source[self.at : stop]
        self.at = stop + 1
        return inside
