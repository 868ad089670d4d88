"""Which plates to ask the register about: what a reading may say, and everything one error away from that."""

from __future__ import annotations

from collections.abc import Iterable

from enforcement.grammars.alphabet import CHARACTERS, LATIN_SIZE
from enforcement.grammars.lattice import Optics

_LATIN = CHARACTERS[:LATIN_SIZE]
#: Texts of the lattice, and those of them whose whole neighbourhood is looked at.
MOST_TEXTS = 48
_WITH_NEIGHBOURS = 2
_LEAST_PART = 1e-5


def likely_texts(seen: Optics, most: int = MOST_TEXTS) -> list[str]:
    """The likeliest texts that a reader's lattice allows, by its own probabilities, best first."""
    texts = {"": 1.0}
    for row, empty in zip(seen.named, seen.empty.tolist(), strict=True):
        least = _LEAST_PART * max(float(row.max()), empty)
        columns = (row > least).nonzero()[0]
        shown = list(zip((CHARACTERS[c] for c in columns), row[columns].tolist(), strict=True))
        if empty > least:
            shown.append(("", empty))
        longer: dict[str, float] = {}
        for text, probability in texts.items():
            for character, share in shown:
                longer[text + character] = longer.get(text + character, 0.0) + probability * share
        best = sorted(longer.items(), key=lambda item: (-item[1], item[0]))[:most]
        texts = {text: probability for text, probability in best if probability >= best[0][1] * _LEAST_PART}
    return [text for text in texts if text]


def texts_to_ask(likely: list[str]) -> list[str]:
    """``likely``, best first, and behind them what lies one error away from the first of them."""
    texts = dict.fromkeys(likely)
    for text in likely[:_WITH_NEIGHBOURS]:
        texts.update(dict.fromkeys(_neighbours(text)))
    return list(texts)


def _neighbours(text: str) -> Iterable[str]:
    for place in range(len(text)):
        before, after = text[:place], text[place + 1 :]
        yield from (before + character + after for character in _LATIN)
        yield before + after
    for place in range(len(text) + 1):
        before, after = text[:place], text[place:]
        yield from (before + character + after for character in _LATIN)
