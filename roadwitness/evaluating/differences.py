"""A read beside what stands there, with the differing characters marked."""

from __future__ import annotations

from markupsafe import Markup, escape

from detectors.evaluation.confusions import aligned


def marked(truth: str, read: str) -> Markup:
    """The read as HTML: wrong and superfluous characters are marked, a missing one is a marked blank.

    >>> str(marked("B7", "87"))
    '<span class="text"><span class="wrong">8</span>7</span>'
    """
    shown = []
    for stood, seen in aligned(truth, read):
        character = escape(seen or "·")
        shown.append(
            character if stood == seen else Markup('<span class="wrong">{}</span>').format(character)
        )
    return Markup('<span class="text">{}</span>').format(Markup("").join(shown))
