"""The chain beside its mirror: what only one of them has, and what is not the same in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from enforcement.desk.audit_entry import FIELDS, AuditEntry, is_whole

#: Takes one fault, a sentence.
Tell = Callable[[str], None]
_OF_THE_CHAIN = ("previous", "digest")


class Comparison:
    """Walks along the mirror while the entries of the desk file are met in their order.

    ``count`` is how many entries the mirror has; ``waiting`` how many at the end are still to be copied.
    """

    def __init__(self, mirror: Iterator[AuditEntry], copied: int, forgotten_before_ns: int) -> None:
        """``copied``: up to which entry the mirror once had all.

        What is older than ``forgotten_before_ns`` may be gone from the mirror, whose rows have their time.
        """
        self._mirror = mirror
        self._copied = copied
        self._forgotten_before_ns = forgotten_before_ns
        self._ahead = next(mirror, None)
        self._relinked: list[int] = []
        self._absent: list[tuple[int, int]] = []
        self.count = 0
        self.waiting = 0

    def meet(self, entry: AuditEntry, tell: Tell) -> None:
        """Compare one entry of the desk file, which comes after those that were met before."""
        while self._ahead and self._ahead.sequence < entry.sequence:
            self._step()  # the gap in the desk file is told of by whoever follows its numbers
        found = []
        while self._ahead and self._ahead.sequence == entry.sequence:
            found.append(self._step())
        if len(found) > 1:
            tell(f"The mirror has {len(found)} entries {entry.sequence}: the chain was cut and went on anew.")
        if found and entry not in found:
            self._differs(entry, found[0], tell)
        elif not found:
            self._miss(entry)

    def end(self, last: int, tell: Tell) -> None:
        """Tell of what is left over on either side after the ``last`` entry of the desk file."""
        if self._relinked:
            tell(
                f"{_range(self._relinked[0], self._relinked[-1])} tied to others than in the mirror: an "
                "entry before was changed, put in or taken out, and the digests after it made anew."
            )
        first, final = None, None
        while self._ahead:
            final = self._step().sequence
            first = first or final
        if first and final:
            tell(
                f"The end is cut off: the mirror has entries up to {final}, and the last one here is {last}."
            )
        for since, until in self._absent:
            if until == last and since > self._copied:
                self.waiting = until - since + 1
            else:
                tell(f"{_range(since, until)} no longer in the mirror, or never came there.")

    def _step(self) -> AuditEntry:
        entry = self._ahead
        assert entry is not None
        self._ahead = next(self._mirror, None)
        self.count += 1
        return entry

    def _differs(self, entry: AuditEntry, mirrored: AuditEntry, tell: Tell) -> None:
        fields = [name for name in FIELDS if getattr(entry, name) != getattr(mirrored, name)]
        if is_whole(entry) and is_whole(mirrored) and set(fields) <= set(_OF_THE_CHAIN):
            self._relinked.append(entry.sequence)
            return
        where = "" if is_whole(mirrored) else "; it was changed in the mirror"
        tell(f"Entry {entry.sequence} is not the one in the mirror: its {', '.join(fields)} differs{where}.")

    def _miss(self, entry: AuditEntry) -> None:
        if entry.at_ns < self._forgotten_before_ns:
            return
        since, until = self._absent[-1] if self._absent else (entry.sequence, entry.sequence - 1)
        # Entries that are copied together, and those that are not, follow each other by the file's lock.
        if until == entry.sequence - 1:
            self._absent[-1:] = [(since, entry.sequence)]
        else:
            self._absent.append((entry.sequence, entry.sequence))


def _range(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
