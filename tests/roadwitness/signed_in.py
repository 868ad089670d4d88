"""An officer with a second factor, signed in to pages that another process serves from a data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyotp

from dashboards.sign_in.rights import Role
from roadwitness.data_folder import DataFolder
from roadwitness.own_desk import open_desk

NAME = "A. Moreau"


@contextmanager
def signed_in(address: str, data: Path) -> Iterator[httpx.Client]:
    """A browser without scripts in which a reviewer is signed in."""
    with open_desk(DataFolder.open(data)) as desk:
        if desk.accounts.find(NAME) is None:
            desk.accounts.add(NAME, [Role.REVIEWER])
            secret = pyotp.random_base32()
            assert desk.second_factor.set_up(NAME, secret, pyotp.TOTP(secret).now())
        token = desk.sessions.begin(NAME, "a test", is_proven=True)
    with httpx.Client(base_url=address, headers={"origin": address}, timeout=60) as client:
        client.cookies.set("roadwitness_session", token)
        yield client
