"""Errors of signing in; each text is one sentence for a person."""

from __future__ import annotations

from streams.errors import RoadwitnessError


class AccountError(RoadwitnessError):
    """What was asked of an account cannot be done; the text says why and what to do."""


class SettingsError(RoadwitnessError):
    """The settings of signing in cannot be used; the text names the field and what to do."""


class ProviderError(RoadwitnessError):
    """The provider that answers for people does not, or its answer cannot be trusted."""
