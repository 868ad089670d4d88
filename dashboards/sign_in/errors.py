"""Errors of signing in; each text is one sentence for a person."""

from __future__ import annotations

from streams.errors import RoadwitnessError


class AccountError(RoadwitnessError):
    """What was asked of an account cannot be done; the text says why and what to do."""
