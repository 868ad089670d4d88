"""The one base of every error that is meant for a person."""

from __future__ import annotations


class RoadwitnessError(Exception):
    """An error whose text is one sentence that says what was wrong and what to do about it."""
