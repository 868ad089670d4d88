"""What the reader can answer: characters (Chinese ones as a set of their own), and regions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.training.reader.shapes import SLOTS

BLANK = ""
LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Provinces, then what else stands in front of or behind a Chinese number: learner, police, Hong Kong, Macau,
#: trailer, embassy, consulate, temporary.
CHINESE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼" + "学警港澳挂使领临"
CHARACTERS: tuple[str, ...] = (BLANK, *LATIN, *CHINESE)
_CODES = """
AD AL AR AT AU BA BE BG BR BY CA CH CL CN CO CY CZ DE DK EE ES EU FI FR GB GE GR HK HR HU
ID IE IL IN IS IT KZ LI LT LU LV MC MD ME MK MT MX MY NL NO NZ PE PH PL PT PY RO RS RU SE
SG SI SK SM TR UA US UY VA XK ZA ZZ
"""
#: Whose plates the reader tells apart, by ISO 3166 code. The order is part of a trained model.
REGIONS: tuple[str, ...] = tuple(_CODES.split())
_INDEX = {character: index for index, character in enumerate(CHARACTERS)}


def encode(text: str) -> NDArray[np.uint8]:
    """``text`` as class numbers, (10,), blanks behind it.

    Raises:
        ValueError: if it is longer than ten characters or holds one that the reader has no class for.
    """
    if len(text) > SLOTS:
        raise ValueError(f"'{text}' has {len(text)} characters; the reader has {SLOTS} positions.")
    unknown = sorted(set(text) - _INDEX.keys())
    if unknown:
        raise ValueError(f"'{text}' holds {', '.join(unknown)}, for which the reader has no class.")
    numbers = np.zeros(SLOTS, np.uint8)
    numbers[: len(text)] = [_INDEX[character] for character in text]
    return numbers


def decode(numbers: Sequence[int] | NDArray[np.int64]) -> str:
    """The text of class numbers; blanks fall out wherever they stand."""
    return "".join(CHARACTERS[int(number)] for number in numbers)
