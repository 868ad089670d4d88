"""Progress of long work: a bar with a rate and an estimate, on stderr, so that stdout stays data."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

#: People's console: progress and sentences, on stderr.
console = Console(stderr=True, highlight=False)
#: What a command was asked for, on stdout: tables.
results = Console(highlight=False)

Advance = Callable[[int, int | None], None]


class _Rate(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """Units a second since the start."""
        elapsed = task.elapsed or 0.0
        return Text(f"{task.completed / elapsed:.1f} {self._unit}/s" if elapsed > 0 else "", style="cyan")


def say(sentence: str, style: str | None = None) -> None:
    """One sentence to the person, whole: a path in it is neither wrapped nor taken for markup."""
    console.print(Text(sentence, style or ""), soft_wrap=True)


@contextmanager
def progress(what: str, unit: str) -> Iterator[Advance]:
    """Show ``what``; call the yielded function with (done, total or None) as work goes on.

    Without a terminal, one line a tenth (every 200 units where the total is unknown) takes its place.
    """
    if not console.is_terminal:
        yield _lines(what, unit)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(what: str, unit: str) -> Advance:
    started = time.monotonic()
    last = -1

    def advance(done: int, total: int | None) -> None:
        nonlocal last
        step = done * 10 // total if total else done // 200
        if step == last:
            return
        last = step
        rate = done / max(time.monotonic() - started, 1e-9)
        # What is done before the first step says nothing of how long the rest takes.
        pace = f", {rate:.1f} {unit}/s" if step else ""
        left = f", {(total - done) / rate:.0f} s left" if step and total and rate else ""
        say(f"{what}: {done}{f'/{total}' if total else ''} {unit}{pace}{left}")

    return advance
