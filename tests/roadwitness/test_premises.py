"""Where a command finds store and evidence: in the data folder, unless they have addresses of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from enforcement.errors import EvidenceError
from roadwitness.premises import Premises


@pytest.mark.parametrize(("address", "used"), [(None, "data/evidence"), ("elsewhere", "elsewhere")])
def test_evidence_lies_in_the_data_folder_unless_it_has_an_address(
    tmp_path: Path, address: str | None, used: str
) -> None:
    premises = Premises(tmp_path / "data", evidence_address=str(tmp_path / address) if address else None)
    premises.open_evidence().put(
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", b"test", "", False
    )
    assert [
        path.relative_to(tmp_path).as_posix().split("/open/")[0] for path in tmp_path.rglob("9f86d*")
    ] == [used]


def test_an_address_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot be kept at ftp://"):
        Premises(tmp_path, evidence_address="ftp://host/evidence").open_evidence()


def test_addresses_of_their_own_need_no_data_folder(tmp_path: Path) -> None:
    Premises(tmp_path / "data", evidence_address=str(tmp_path / "e")).open_evidence()
    assert not (tmp_path / "data").exists()
