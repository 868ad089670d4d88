"""Whether something answers over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

_PATIENCE_S = 3.0


def answers(url: str) -> bool:
    """Whether ``url`` is answered with 200."""
    return status_of(url) == 200


def status_of(url: str) -> int | None:
    """The status of the answer; None where nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return None


def read_json(url: str) -> dict[str, Any]:
    """The answer as JSON, whatever its status; empty where nothing answers, or something else."""
    try:
        try:
            answer = urllib.request.urlopen(url, timeout=_PATIENCE_S)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            content = json.loads(answer.read())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
