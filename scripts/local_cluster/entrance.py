"""How one gets into the pages of a cluster on this machine: one click, and no second factor."""

from __future__ import annotations

from pathlib import Path

from roadwitness.account_keeping import invented_officer
from roadwitness.data_folder import DataFolder
from roadwitness.own_desk import open_desk

_SETTINGS = "second_factor = []\nidle_minutes = 720\n"


def desk_of(folder: Path) -> Path:
    """The data folder of the pages of the cluster in ``folder``."""
    return folder / "pages"


def settings_of(folder: Path) -> Path:
    """The file of how one signs in there, written if it is not there."""
    path = DataFolder.open(desk_of(folder)).root / "sign-in.toml"
    path.write_text(_SETTINGS, encoding="utf-8")
    return path


def welcome(folder: Path) -> str:
    """The path of a link that signs an invented officer in once; the account is made if it is not there."""
    with open_desk(DataFolder.open(desk_of(folder))) as desk:
        return invented_officer(desk)
