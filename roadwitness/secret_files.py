"""Secrets out of files: ``NAME_FILE`` names a file that holds what ``NAME`` would.

So a password stands in no process list, no unit file and no manifest: containers, Kubernetes and systemd all
hand secrets over as files.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from streams.errors import RoadwitnessError

#: The variables that may carry a secret.
NAMES = (
    "ROADWITNESS_BUS",
    "ROADWITNESS_STORE",
    "ROADWITNESS_REGISTER_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
)


class SecretUnreadable(RoadwitnessError):
    """A file that should hold a secret cannot be read, or the secret is given twice."""


def read_secret_files(environment: MutableMapping[str, str]) -> None:
    """Set each of :data:`NAMES` whose ``NAME_FILE`` is there; the content's outer white space does not count.

    Raises:
        SecretUnreadable: when a file cannot be read or is empty, or the variable is set as well.
    """
    for name in NAMES:
        path = environment.get(f"{name}_FILE")
        if not path:
            continue
        if environment.get(name):
            raise SecretUnreadable(f"Both {name} and {name}_FILE are set: leave out one of them.")
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise SecretUnreadable(
                f"{name}_FILE names {path}, which cannot be read ({why}): correct the path or its rights."
            ) from error
        if not secret:
            raise SecretUnreadable(f"{name}_FILE names {path}, which is empty: write the secret into it.")
        environment[name] = secret
