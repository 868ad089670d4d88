"""The evidence folder."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from enforcement.errors import EvidenceCorrupt, EvidenceError, EvidenceFull, EvidenceMissing
from enforcement.evidence import EvidenceFolder
from tests.enforcement.samples import digest

CONTENT = b"a picture"
DIGEST = digest(CONTENT)


def files(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("sealed", "roots"), [(False, ["open"]), (True, ["keys", "sealed"])])
def test_a_piece_lies_under_its_digest(evidence: EvidenceFolder, sealed: bool, roots: list[str]) -> None:
    evidence.put(DIGEST, CONTENT, "image/jpeg", sealed)
    assert files(evidence.path) == [Path(root) / DIGEST[:2] / DIGEST[2:4] / DIGEST for root in roots]
    assert evidence.get(DIGEST) == CONTENT
    assert evidence.has(DIGEST)
    assert evidence.is_sealed(DIGEST) is sealed
    evidence.put(DIGEST, CONTENT, "image/jpeg", sealed)
    evidence.discard(DIGEST)
    evidence.discard(DIGEST)
    assert not evidence.has(DIGEST)
    assert files(evidence.path) == []


@pytest.mark.parametrize("part", ["sealed", "keys"])
def test_only_the_owner_can_enter_the_sealed_part(evidence: EvidenceFolder, part: str) -> None:
    evidence.put(DIGEST, CONTENT, "image/jpeg", True)
    assert stat.S_IMODE((evidence.path / part).stat().st_mode) == 0o700
    (evidence.path / part).chmod(0o755)
    EvidenceFolder(evidence.path)
    assert stat.S_IMODE((evidence.path / part).stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["0" * 64, DIGEST.upper(), "", "../../etc/passwd"])
def test_bytes_that_do_not_fit_their_name_are_refused(evidence: EvidenceFolder, name: str) -> None:
    with pytest.raises(EvidenceCorrupt, match="does not have the digest"):
        evidence.put(name, CONTENT, "image/jpeg", False)
    assert files(evidence.path) == []


@pytest.mark.parametrize("name", ["0" * 64, "", "..", "../../../etc/passwd", DIGEST[:-1]])
def test_what_is_not_there_is_missing(evidence: EvidenceFolder, name: str) -> None:
    assert not evidence.has(name)
    with pytest.raises(EvidenceMissing):
        evidence.get(name)
    evidence.discard(name)


def test_a_file_that_was_changed_is_not_returned(evidence: EvidenceFolder) -> None:
    evidence.put(DIGEST, CONTENT, "image/jpeg", False)
    (evidence.path / files(evidence.path)[0]).write_bytes(b"another picture")
    with pytest.raises(EvidenceCorrupt, match="was changed on disk"):
        evidence.get(DIGEST)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, EvidenceFull), (errno.EDQUOT, EvidenceFull), (errno.EACCES, EvidenceError)],
)
def test_a_write_that_fails_leaves_nothing_half_done(
    evidence: EvidenceFolder, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(kind) as caught:
            evidence.put(DIGEST, CONTENT, "image/jpeg", False)
    assert type(caught.value) is kind
    assert files(evidence.path) == []
    evidence.put(DIGEST, CONTENT, "image/jpeg", False)
    assert evidence.get(DIGEST) == CONTENT


def test_a_process_that_is_killed_while_it_writes_leaves_nothing(evidence: EvidenceFolder) -> None:
    """It may be the picture of somebody who broke no rule, and nobody would look for it."""
    program = """
import os, signal, sys
from pathlib import Path
from enforcement.evidence import EvidenceFolder
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
EvidenceFolder(Path(sys.argv[1])).put(sys.argv[2], bytes.fromhex(sys.argv[3]), "image/jpeg", False)
"""
    words = [sys.executable, "-c", program, str(evidence.path), DIGEST, CONTENT.hex()]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert files(evidence.path) == []
    evidence.put(DIGEST, CONTENT, "image/jpeg", False)
    assert evidence.get(DIGEST) == CONTENT


def test_a_disk_without_nameless_files_will_do(
    evidence: EvidenceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE")
    evidence.put(DIGEST, CONTENT, "image/jpeg", False)
    assert evidence.get(DIGEST) == CONTENT
    assert len(files(evidence.path)) == 1


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EvidenceError, match="cannot be used"):
        EvidenceFolder(tmp_path / "file" / "evidence")


def test_threads_may_put_the_same_piece(evidence: EvidenceFolder) -> None:
    threads = [
        threading.Thread(target=evidence.put, args=(DIGEST, CONTENT, "image/jpeg", False)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(evidence.path)) == 1
