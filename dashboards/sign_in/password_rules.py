"""What a password has to be: long, and nothing that everybody tries first."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import pairwise

SHORTEST, LONGEST = 12, 128
_FEWEST_DIFFERENT = 6


def fault_of(password: str, name: str) -> str:
    """What keeps ``name`` from using a password, as a sentence; empty when nothing does."""
    if len(password) < SHORTEST:
        return f"Choose a password of {SHORTEST} characters or more; four unrelated words are easy to keep."
    if len(password) > LONGEST:
        return f"Choose a password of at most {LONGEST} characters."
    plain = password.casefold()
    if len(set(plain)) < _FEWEST_DIFFERENT or _is_run(plain):
        return "Choose a password of more different characters, and not a run of neighbours."
    letters = "".join(character for character in plain if character.isalpha())
    if _is_made_of_common_ones(letters) or plain in _common():
        return "This password is one of those that are tried first; choose another."
    if len(name) > 3 and "".join(name.casefold().split()) in plain:
        return "Choose a password that does not hold your name."
    return ""


def _is_run(text: str) -> bool:
    """Whether nearly each character follows its neighbour: 123456789012, abcdefabcdef."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return sum(step in (1, -1) for step in steps) >= 0.8 * len(steps)


def _is_made_of_common_ones(letters: str) -> bool:
    """Whether the letters are nothing but common passwords: password1234, qwertyqwerty, letmeinplease."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(begin in reached and letters[begin:end] in _common() for begin in range(end)):
            reached.add(end)
    return bool(letters) and len(letters) in reached


@cache
def _common() -> frozenset[str]:
    text = files("dashboards.sign_in").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
