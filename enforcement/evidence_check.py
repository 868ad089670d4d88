"""An audit of the evidence: what the index says is stored is fetched and hashed again, piece by piece."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

from enforcement.completeness import Completeness
from enforcement.errors import EvidenceCorrupt, EvidenceError, EvidenceMissing
from enforcement.evidence_gaps import Need
from enforcement.evidence_index import EvidenceIndex
from enforcement.evidence_store import EvidenceStore
from enforcement.store import Store

#: ``missing``: the index has it, its place does not. ``corrupt``: its bytes are others. ``returned``: the
#: index has it as lost, and it is there again. ``unknown``: it is there, and the index does not have it.
Fault = Literal["missing", "corrupt", "returned", "unknown"]

# Most of the time of a piece from afar is waiting, so several are under way.
_AT_ONCE = 8
_PAGE = 2000


@dataclass(frozen=True)
class Finding:
    """A piece that is not as it should be, with the needs of the cases that have it."""

    fault: Fault
    digest: str
    needs: tuple[Need, ...] = ()

    @property
    def cases(self) -> list[str]:
        """The ids of the cases."""
        return sorted({need.case_id for need in self.needs})


@dataclass
class CheckReport:
    """What was found; ``checked`` counts the pieces of the index that were fetched and hashed."""

    checked: int = 0
    findings: list[Finding] = field(default_factory=list)


class EvidenceCheck:
    """Compares an index and a place for evidence. Changes nothing, but for :meth:`mark` and :meth:`erase`."""

    def __init__(self, store: Store, evidence: EvidenceStore) -> None:
        self._store = store
        self._evidence = evidence

    def run(self, advance: Callable[[int, int | None], None] = lambda done, total: None) -> CheckReport:
        """Check all that is stored; ``advance`` is told how many pieces are done, of how many.

        Workers may go on meanwhile: what looks wrong is looked at once more at the end.

        Raises:
            EvidenceUnreachable, EvidenceRefused: when the place cannot be asked.
        """
        report = CheckReport()
        total = self._count()
        suspects: dict[str, Fault] = {}
        with ThreadPoolExecutor(_AT_ONCE) as workers:
            for page in self._pages():
                for digest, fault in zip(page, workers.map(self._fault_of, page), strict=True):
                    if fault is not None:
                        suspects[digest] = fault
                report.checked += len(page)
                advance(report.checked, max(total, report.checked))
        report.findings += self._confirmed(suspects)
        report.findings += self._strangers()
        return report

    def mark(self, findings: Iterable[Finding]) -> int:
        """Enter what is missing or corrupt as lost, and what returned as stored; returns how many pieces.

        The cases that need them become incomplete, or complete.
        """
        findings = list(findings)
        lost = [finding for finding in findings if finding.fault in ("missing", "corrupt")]
        returned = [finding.digest for finding in findings if finding.fault == "returned"]
        index = EvidenceIndex(self._store, self._evidence)
        index.record([*index.lost(finding.digest for finding in lost), *index.returned(returned)])
        index.expect([need for finding in lost for need in finding.needs], ())
        return len(lost) + len(returned)

    def erase(self, report: CheckReport) -> int:
        """Erase the unknown pieces of ``report``; returns how many.

        Raises:
            EvidenceError: when more is unknown than known; then the index is hardly that of this place.
        """
        unknown = [finding.digest for finding in report.findings if finding.fault == "unknown"]
        if len(unknown) > report.checked:
            raise EvidenceError(
                f"{len(unknown)} pieces are unknown and only {report.checked} known: this looks like the "
                "evidence of another store, and nothing was erased; check both addresses."
            )
        for digest in unknown:
            self._evidence.discard(digest)
        return len(unknown)

    def _fault_of(self, digest: str) -> Fault | None:
        try:
            self._evidence.get(digest)
        except EvidenceMissing:
            return "missing"
        except EvidenceCorrupt:
            return "corrupt"
        return None

    def _confirmed(self, suspects: dict[str, Fault]) -> list[Finding]:
        """Those that the index still has and that are still wrong, with their cases."""
        found = []
        for digests in _batches(sorted(suspects)):
            known = self._where(digests)
            still = {
                digest: fault
                for digest in digests
                if known[digest] == "here" and (fault := self._fault_of(digest)) is not None
            }
            needs = self._needs_of(still)
            found += [Finding(fault, digest, needs.get(digest, ())) for digest, fault in still.items()]
        return found

    def _strangers(self) -> Iterator[Finding]:
        for digests in _batches(self._evidence.digests()):
            known = self._where(digests)
            strangers = [digest for digest in digests if known[digest] != "here"]
            # A worker stores a piece before it says so: only what stays unknown is.
            for digest, state in self._where(strangers).items():
                if state == "here" or not self._evidence.has(digest):
                    continue
                if state != "lost":
                    yield Finding("unknown", digest)
                elif self._fault_of(digest) is None:
                    yield Finding("returned", digest)

    def _where(self, digests: Iterable[str]) -> dict[str, str]:
        wanted = list(digests)
        return {digest: it.state for digest, it in _Index(self._store).whereabouts(wanted).items()}

    def _pages(self) -> Iterator[list[str]]:
        last = ""
        while True:
            rows = self._store.query(
                f"""SELECT toString(digest) FROM v_evidence_states
                WHERE digest > toFixedString({{last:String}}, 64) AND state = 'here'
                ORDER BY digest LIMIT {_PAGE}""",
                {"last": last},
            )
            if not rows:
                return
            page = [str(row[0]) for row in rows]
            yield page
            last = page[-1]

    def _count(self) -> int:
        return int(self._store.query("SELECT uniq(digest) FROM evidence_index WHERE fact = 'stored'")[0][0])

    def _needs_of(self, digests: Iterable[str]) -> dict[str, tuple[Need, ...]]:
        wanted = sorted(digests)
        if not wanted:
            return {}
        rows = self._store.query(
            """SELECT toString(piece.digest), groupUniqArray((violation_id, toString(piece.kind)))
            FROM violations ARRAY JOIN pieces AS piece
            WHERE piece.digest IN {digests:Array(FixedString(64))} GROUP BY piece.digest""",
            {"digests": wanted},
        )
        return {
            str(digest): tuple(Need(case, digest, kind) for case, kind in sorted(cases))
            for digest, cases in rows
        }


class _Index(Completeness):
    def __init__(self, store: Store) -> None:
        self._store = store


def _batches(digests: Iterable[str]) -> Iterator[list[str]]:
    them = iter(digests)
    while batch := list(itertools.islice(them, _PAGE)):
        yield batch
