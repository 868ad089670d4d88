"""The report on plate readers: what its figures show, in pictures and sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from detectors.evaluation.reader import CropRead, ReaderEvaluation
from detectors.evaluation.reliability import SUREST
from detectors.evaluation.shares import Share
from roadwitness.evaluating import thumbnails
from roadwitness.evaluating.differences import marked
from roadwitness.evaluating.measures import Measure, interval_text, share_text
from roadwitness.evaluating.plots import milliseconds_figure, reliability_figure
from roadwitness.evaluating.report import (
    STYLES,
    Drawing,
    Figure,
    Picture,
    Report,
    Rows,
    Sheet,
    legend,
)
from roadwitness.evaluating.svg import Axis, Plot, shares_axis

_CONFUSIONS = 12
_LEAST_READS = 5


def reader_report(
    found: Sequence[ReaderEvaluation],
    folder: Path,
    measures: tuple[Measure, ...],
    *,
    every: int,
    ignore_first: bool,
) -> Report:
    """The report on some readers; the first is the one that the errors are shown of."""
    first = found[0]
    notes = [
        "Each crop is read alone, by all readers in turn, after one read that is not counted; then the first "
        "128 crops again in batches of eight.",
        "Texts are compared as capital letters and digits; separators, seals and stickers do not count.",
        "Confidence is the probability, stated by the reader, that the whole text is right: its calibrated "
        "one where it has that, else the product of its characters'. A crop that nothing was read on "
        "counts as a "
        "wrong read with confidence 0.",
        "ECE: expected calibration error over ten bins of equal width (the usual, and the headline) and of "
        "equal mass. The confident half are the reads with at least the median confidence.",
    ]
    if every > 1:
        notes.insert(0, f"Every {_nth(every)} crop was taken, beginning with the first.")
    if ignore_first:
        notes.insert(
            0,
            "The first character (a province) is not judged: it is left out of the truth, and of a read that "
            "begins with a province or is as long as the whole plate. A reader's calibrated confidence is "
            "still that of its whole text.",
        )
    return Report(
        heading=f"Reading plates: {', '.join(each.name for each in found)}",
        source=f"{len(first.reads)} crops of {folder}",
        lead=_lead(found),
        subjects=tuple(each.name for each in found),
        measures=measures,
        figures=(
            reliability_figure({each.name: each.reliability for each in found}, "reads"),
            _precision_figure(found),
            milliseconds_figure(
                {each.name: [read.milliseconds for read in each.reads] for each in found}, "a plate, alone"
            ),
            _confusion_figure(found),
        ),
        sheets=(_errors(found),),
        tables=tuple(_origins(found)),
        notes=tuple(notes),
    )


def _lead(found: Sequence[ReaderEvaluation]) -> tuple[str, ...]:
    first, trust = found[0], found[0].reliability
    sure = (
        f"Of the {trust.surest.of} reads that it gave {SUREST} or more, {trust.surest.hits} were right "
        f"({interval_text(trust.surest)})."
        if trust.surest.of
        else f"It gave no read {SUREST} or more."
    )
    sentences = [
        f"{first.name} reads {first.exact.hits} of {first.exact.of} plates without a mistake: "
        f"{share_text(first.exact)}, and with 95 % confidence between {first.exact.interval[0]:.3f} and "
        f"{first.exact.interval[1]:.3f}.",
        f"{sure} Stated and true confidence lie {trust.ece:.3f} apart on average.",
    ]
    for other in found[1:]:
        ahead, behind = alone(first, other), alone(other, first)
        sentences.append(
            f"{first.name} reads {ahead} of these plates right that {other.name} does not, "
            f"and {other.name} {behind} that {first.name} does not."
        )
    return tuple(sentences)


def alone(one: ReaderEvaluation, other: ReaderEvaluation) -> int:
    """How many crops one reader reads right and the other does not."""
    return sum(a.right and not b.right for a, b in zip(one.reads, other.reads, strict=True))


def _nth(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}th")


def _precision_figure(found: Sequence[ReaderEvaluation]) -> Figure:
    curves = [precision_by_kept(each.reads) for each in found]
    lowest = min(share for curve in curves for _, share in curve)
    plot = Plot(
        "Precision among the surest reads, by how many of the reads are kept.",
        shares_axis("share of reads kept, the surest first"),
        shares_axis("share right among them", min(0.9, int(lowest * 10) / 10)),
    )
    for i, curve in enumerate(curves):
        plot.line(curve, STYLES[i % len(STYLES)], found[i].name)
    first = found[0].reliability
    return Figure(
        heading="How many reads can be trusted?",
        sentence=(
            "If only the surest reads are kept and the others are left to people: how many of those kept are "
            f"right (precision, over coverage). {found[0].name} is right in "
            f"{share_text(first.confident_half)} of its confident half "
            f"({interval_text(first.confident_half)}); "
            "the further right a line stays at the top, the less work is left."
        ),
        drawings=(Drawing(plot),),
        legend=legend([each.name for each in found]),
    )


def precision_by_kept(reads: Sequence[CropRead]) -> list[tuple[float, float]]:
    """(share of the reads kept, share right among them), at each confidence that occurs, surest first."""
    ordered = sorted(reads, key=lambda read: -read.confidence)
    curve, right = [], 0
    for kept, read in enumerate(ordered, start=1):
        right += read.right
        if kept == len(ordered) or ordered[kept].confidence < read.confidence:
            curve.append((kept / len(ordered), right / kept))
    return curve


def _confusion_figure(found: Sequence[ReaderEvaluation]) -> Figure:
    first = found[0]
    commonest = first.confusions.most_common(1)
    sentence = (
        "What stands on the plate, and what was read in its place (· is nothing), counted over reads with at "
        "most two mistakes. "
    )
    if commonest:
        ((stood, seen), count) = commonest[0]
        there = Counter(character for read in first.reads for character in read.truth)[stood]
        of = f" of the {there} times that it occurs" if stood else ""
        sentence += f"{first.name} most often reads {stood or '·'} as {seen or '·'}: {count}{of}."
    return Figure(
        heading="Which look-alikes are taken for one another?",
        sentence=sentence,
        drawings=tuple(
            Drawing(_confusion_plot(each, STYLES[i % len(STYLES)]), each.name if len(found) > 1 else "")
            for i, each in enumerate(found)
            if each.confusions
        ),
        wide=len(found) > 1,
    )


def _confusion_plot(each: ReaderEvaluation, style: str) -> Plot:
    listed = each.confusions.most_common(_CONFUSIONS)
    most = max(count for _, count in listed)
    step = max(1, -(-most // 5))
    top = -(-most // step) * step
    plot = Plot(
        "; ".join(f"{stood or 'nothing'} read as {seen or 'nothing'}: {n}" for (stood, seen), n in listed),
        Axis("what stands there, above what was read", 0, _CONFUSIONS, ()),
        Axis("times", 0, top, tuple((value, str(value)) for value in range(0, top + 1, step))),
        bottom=58,
    )
    for place, ((stood, seen), count) in enumerate(listed):
        plot.bar(
            place + 0.15,
            place + 0.85,
            count,
            style,
            f"{stood or 'nothing'} read as {seen or 'nothing'}: {count}",
        )
        plot.text(place + 0.5, 0, stood or "·", "mono", below=17)
        plot.text(place + 0.5, 0, seen or "·", "mono bad", below=35)
    return plot


def _errors(found: Sequence[ReaderEvaluation]) -> Sheet:
    first = found[0]
    by_path = [{read.crop.path: read for read in other.reads} for other in found[1:]]
    pictures = []
    for read in first.errors[: thumbnails.MOST]:
        lines: list[Markup | str] = [
            Markup('<span class="text">{}</span> <span class="muted">stands there</span>').format(read.truth),
            _line(first.name, read),
        ]
        lines += [_line(found[i + 1].name, reads[read.crop.path]) for i, reads in enumerate(by_path)]
        lines.append(Markup('<span class="muted">{}</span>').format(read.crop.path.name))
        pictures.append(Picture(thumbnails.of_crop(read.crop.path), "crop of a plate", tuple(lines)))
    return Sheet(
        heading=f"What {first.name} reads wrong, the surest first",
        sentence=(
            f"{len(first.errors)} of {len(first.reads)} reads. A confident mistake is the worst: nothing "
            "warns "
            "of it."
        ),
        pictures=tuple(pictures),
        more=max(0, len(first.errors) - thumbnails.MOST),
    )


def _line(name: str, read: CropRead) -> Markup:
    shown = marked(read.truth, read.text) if read.text else Markup('<span class="wrong">nothing</span>')
    words = Markup('{} <span class="muted">{} {:.2f}</span>').format(shown, name, read.confidence)
    return words + Markup(' <span class="right">✓</span>') if read.right else words


def _origins(found: Sequence[ReaderEvaluation]) -> list[Rows]:
    """Exact reads by where the plates are from, where that is known."""
    names = sorted({read.crop.origin for read in found[0].reads})
    if len(names) < 2:
        return []
    rows: list[tuple[str | Share | Markup, ...]] = []
    for name in names:
        shares = []
        for each in found:
            own = [read.right for read in each.reads if read.crop.origin == name]
            shares.append(Share(sum(own), len(own)))
        rows.append((name or "unknown", *shares))
    rows.sort(key=lambda row: (row[1].value or 0.0, -row[1].of) if isinstance(row[1], Share) else (0.0, 0))
    few = sum(isinstance(row[1], Share) and row[1].of < _LEAST_READS for row in rows)
    return [
        Rows(
            heading="Exact reads by origin",
            sentence=(
                "The weakest first. "
                + (
                    f"{few} of {len(rows)} have fewer than {_LEAST_READS} crops: they say little."
                    if few
                    else ""
                )
            ),
            columns=("from", *(each.name for each in found)),
            rows=tuple(rows),
            folded=len(rows) > 12,
        )
    ]
