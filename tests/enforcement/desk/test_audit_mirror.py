"""The mirror in the store: it has what the desk file has, however often the copying ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from enforcement.desk.audit_book import AuditBook, AuditFilter
from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_heads import sign_head
from enforcement.desk.audit_mirror import AuditCopier, AuditMirror
from enforcement.desk.audit_verifying import verify_audit
from enforcement.desk.desk_file import DeskFile
from enforcement.errors import StoreUnreachable
from enforcement.queries import StoreReader
from enforcement.store import Store
from streams.key_archive import create_known_signer, load_archive
from streams.signing import Signer


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskFile]:
    desk = DeskFile(tmp_path / "desk.sqlite")
    yield desk
    desk.close()


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return create_known_signer(tmp_path / "keys" / "centre.key", "centre", tmp_path / "keys" / "all.json")


@pytest.fixture
def mirror(store: Store) -> AuditMirror:
    return AuditMirror(StoreReader(store))


def write(desk: DeskFile, count: int) -> None:
    chain = AuditChain(desk)
    for number in range(count):
        chain.write("ädä", "reviewer", "looked", f"case {number}\n'x'", reason="\0 \\ 🚗")


def has_the_same(desk: DeskFile, mirror: AuditMirror) -> bool:
    return list(mirror.entries()) == list(AuditBook(desk).walk(AuditFilter()))


def test_everything_is_copied_as_it_is(
    desk: DeskFile, store: Store, mirror: AuditMirror, signer: Signer, tmp_path: Path
) -> None:
    copier = AuditCopier(desk, store, signer)
    write(desk, 3)
    assert copier.copy() == 3
    head = sign_head(desk, signer)
    assert copier.copy() == 0
    write(desk, 2)
    assert copier.copy() == 2
    assert has_the_same(desk, mirror)
    assert mirror.heads() == [head]
    assert mirror.last() == 5
    verdict = verify_audit(desk.path, load_archive(tmp_path / "keys" / "all.json"), mirror)
    assert (verdict.faults, verdict.mirrored, verdict.waiting) == ((), 5, 0)
    assert verdict.last_head == head


def test_a_copier_that_was_killed_goes_on_where_it_was(
    desk: DeskFile, store: Store, mirror: AuditMirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(desk, 3)
    copier = AuditCopier(desk, store, None)
    with monkeypatch.context() as killed:  # after the store has the rows, before that is written down
        killed.setattr(desk, "transaction", lambda: pytest.fail("killed"))
        with pytest.raises(BaseException, match="killed"):
            copier.copy()
    write(desk, 2)
    assert AuditCopier(desk, store, None).copy() == 5
    assert has_the_same(desk, mirror)


def test_a_store_that_is_new_gets_everything(desk: DeskFile, store: Store, mirror: AuditMirror) -> None:
    write(desk, 3)
    AuditCopier(desk, store, None).copy()
    store.command("TRUNCATE TABLE audit")
    assert AuditCopier(desk, store, None).copy() == 3
    assert has_the_same(desk, mirror)


def test_many_are_copied_and_read_in_several_goes(
    desk: DeskFile, store: Store, mirror: AuditMirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enforcement.desk.audit_mirror._AT_ONCE", 2)
    write(desk, 7)
    assert AuditCopier(desk, store, None).copy() == 7
    assert has_the_same(desk, mirror)


def test_a_desk_file_from_a_backup_makes_a_fork_that_shows(
    desk: DeskFile, store: Store, mirror: AuditMirror, tmp_path: Path
) -> None:
    write(desk, 5)
    AuditCopier(desk, store, None).copy()
    restored = DeskFile(tmp_path / "restored.sqlite")
    write(restored, 3)  # other times, so other digests
    AuditCopier(restored, store, None).copy()
    faults = verify_audit(restored.path, None, mirror).faults
    assert "The mirror has 2 entries 1: the chain was cut and went on anew." in faults
    assert any("the mirror has entries up to 5, and the last one here is 3" in fault for fault in faults)
    restored.close()


def test_it_copies_and_signs_in_the_background_whatever_the_store_does(
    desk: DeskFile, store: Store, mirror: AuditMirror, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, tried = store.insert, threading.Event()

    def refuse(*_: object) -> None:
        tried.set()
        raise StoreUnreachable("it does not answer.")

    monkeypatch.setattr(store, "insert", refuse)
    stop = threading.Event()
    copier = AuditCopier(desk, store, signer, head_every_s=0.0)
    thread = threading.Thread(target=copier.run, args=(stop, 0.01))
    thread.start()
    write(desk, 2)
    assert tried.wait(10)
    monkeypatch.setattr(store, "insert", insert)
    write(desk, 2)
    stop.set()
    thread.join(10)
    assert has_the_same(desk, mirror)
    assert mirror.heads()[-1].sequence == 4
