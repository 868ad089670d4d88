"""The characters that plates are written in, as the columns of an array.

Cyrillic and Greek plates use only letters that have a Latin twin (Vienna Convention on Road Traffic, annex
2), and that is how registers and readers write them. What stands on no plate has no column.
"""

from __future__ import annotations

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
#: Provinces of mainland China, then the classes that stand last on special plates (GA 36-2018).
HAN = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼" + "学警港澳挂领使"
CHARACTERS = LETTERS + DIGITS + HAN
LATIN_SIZE = len(LETTERS + DIGITS)
COLUMN = {character: column for column, character in enumerate(CHARACTERS)}


def surprise(characters: str) -> float:
    """How many characters could stand where ``characters`` may, for each one that may, at least 1.

    A Latin character is one of 36. One that only a Chinese plate has says nothing here: that a reader saw it
    at all is the evidence, and the reader has weighed that.
    """
    latin = sum(character in LETTERS + DIGITS for character in characters)
    return LATIN_SIZE / latin if latin else 1.0
