"""The notice to a keeper or a named driver: what happened, what was measured, how to say who was driving."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from enforcement.casebook import Case
from enforcement.errors import PapersError
from enforcement.law.notices import NoticeTerms
from enforcement.papers.answer_form import write_drivers_form, write_keepers_form
from enforcement.papers.figures import Picture, put_picture
from enforcement.papers.records import Records, moment
from enforcement.papers.sheet import Footing, Sheet
from enforcement.papers.texts import Texts

_DIGITS = {"km/h": 1, "s": 2, "m": 2}
_PICTURE_MM = 62.0
#: What stands together on one page: how to answer online, with number and code.
_ONLINE_MM = 50.0


@dataclass(frozen=True)
class Addressee:
    """A driver whom the keeper named, as the keeper wrote it."""

    name: str
    address: str


@dataclass(frozen=True)
class Letter:
    """What lets them answer on the page: the letter's number and its one-time code, digits both."""

    number: str
    code: str


@dataclass(frozen=True)
class Notice:
    """All that goes into a notice about a case with a keeper.

    ``letter`` None: they answer by post alone. ``until`` is the last day for an answer, by the calendar of
    the policy's zone. ``driver``: it goes to them rather than to the keeper.
    """

    case: Case
    records: Records
    texts: Texts
    made_at_ns: int
    until: datetime.date
    letter: Letter | None = None
    picture: Picture | None = None
    driver: Addressee | None = None

    def say(self, key: str, /, **names: str) -> str:
        """A text of the letter to whom it goes."""
        return self.texts.say(f"{'driver_notice' if self.driver else 'notice'}.{key}", **names)


def terms_of(records: Records) -> NoticeTerms:
    """What the policy of a case says about notices.

    Raises:
        PapersError: when the store has no such policy, or it says nothing about notices.
    """
    policy = records.policy
    if policy is None:
        raise PapersError("The policy of this case is not in the store: start a worker with its site file.")
    if policy.terms is None:
        raise PapersError(
            f"The policy {policy.policy_id}, version {policy.version}, says nothing about notices: add a "
            "table [notice] with the authority and its address."
        )
    return policy.terms


def last_day(records: Records, made_at_ns: int) -> datetime.date:
    """The last day for an answer to a notice made at this time (UTC ns).

    Raises:
        PapersError: as :func:`terms_of`.
    """
    made = moment(made_at_ns, records.zone)
    return made.date() + datetime.timedelta(days=terms_of(records).answer_days)


def end_of(day: datetime.date, records: Records) -> int:
    """The end of a day in the policy's zone, UTC ns."""
    after = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), records.zone)
    return int(after.timestamp()) * 1_000_000_000


def notice_paper(notice: Notice) -> bytes:
    """The PDF; the same notice always gives the same bytes.

    Raises:
        PapersError: when the policy says nothing about notices, or a text is missing.
        CaseFileError: when the picture is none.
    """
    case, texts = notice.case, notice.texts
    terms, zone = terms_of(notice.records), notice.records.zone
    case_id = case.summary.case_id
    plate = case.summary.plate or ""
    foot = Footing(
        texts.say("language.case", case=case_id),
        terms.authority,
        texts.say("language.page", page="{page}", pages="{pages}"),
    )
    sheet = Sheet(notice.say("title", plate=plate), texts.language, notice.made_at_ns, foot)
    _letterhead(sheet, notice, terms, zone)
    sheet.heading(notice.say("title", plate=plate))
    sheet.paragraph(texts.say("notice.subject", offence=_offence(notice)), bold=True)
    sheet.paragraph(texts.say("notice.salutation"))
    sheet.paragraph(notice.say("intro", plate=plate))
    sheet.facts(list(_facts(notice, terms, zone)), name_mm=72.0)
    if case.finding.unit:
        sheet.paragraph(texts.say("notice.tolerance"))
    _how_to_answer(sheet, notice, terms)
    if notice.picture is not None:
        put_picture(sheet, notice.picture)
    number = grouped(notice.letter.number) if notice.letter else case_id
    if notice.driver is None:
        write_keepers_form(sheet, texts, number)
    else:
        write_drivers_form(sheet, texts, number)
    return sheet.as_bytes()


def picture_of_notice(content: bytes, width: int, height: int, texts: Texts) -> Picture:
    """The picture of the vehicle as it stands in a notice."""
    return Picture("", texts.say("notice.picture"), content, width, height, most_mm=_PICTURE_MM)


def _letterhead(sheet: Sheet, notice: Notice, terms: NoticeTerms, zone: datetime.tzinfo) -> None:
    keeper, driver = notice.case.keeper, notice.driver
    if driver is None:
        assert keeper is not None
        driver = Addressee(keeper.name or keeper.keeper_id, keeper.address)
    sheet.address((terms.authority, *terms.address))
    sheet.ln(9.0)
    sheet.address((driver.name, *_lines_of(driver.address)))
    sheet.ln(6.0)
    sheet.paragraph(notice.texts.day(moment(notice.made_at_ns, zone).date()))


def _lines_of(address: str) -> list[str]:
    """An address line by line; a register has it in one, with commas."""
    return [line.strip() for line in re.split(r"[,\n]", address) if line.strip()]


def _offence(notice: Notice) -> str:
    return notice.texts.say(f"offences.{notice.case.finding.offence}")


def _facts(notice: Notice, terms: NoticeTerms, zone: datetime.tzinfo) -> Iterator[tuple[str, str]]:
    case, texts, camera = notice.case, notice.texts, notice.records.camera
    finding = case.finding
    place = case.passage.site_id if camera is None else camera.site_name or camera.site_id
    yield texts.say("notice.what"), _offence(notice)
    yield texts.say("notice.where"), place
    yield texts.say("notice.when"), texts.moment(moment(case.summary.occurred_at_ns, zone))
    yield texts.say("notice.plate"), case.summary.plate or ""
    if finding.unit:

        def of(value: float) -> str:
            return texts.quantity(value, finding.unit, _DIGITS.get(finding.unit, 2))

        yield texts.say("notice.measured"), of(finding.measured)
        favour = "notice.taken_off" if finding.subtracted >= 0 else "notice.added"
        yield texts.say(favour), of(abs(finding.subtracted))
        yield texts.say("notice.counts"), of(finding.enforced)
        yield texts.say("notice.allowed"), of(finding.allowed)
        yield texts.say("notice.beyond"), of(finding.excess)
    if finding.offence in terms.fines:
        yield texts.say("notice.fine"), terms.fines[finding.offence]


def _how_to_answer(sheet: Sheet, notice: Notice, terms: NoticeTerms) -> None:
    texts = notice.texts
    until = texts.day(notice.until)
    sheet.heading(texts.say("notice.answer_title", deadline=until))
    sheet.paragraph(notice.say("choices_intro"))
    kinds = ("driver", "other", "dispute") if notice.driver is None else ("driver", "denied")
    sheet.points([notice.say(f"choice_{kind}") for kind in kinds], numbered=True)
    if notice.letter is not None and terms.page:
        sheet.room(_ONLINE_MM)
        sheet.heading(texts.say("notice.online_title"), 2)
        sheet.paragraph(texts.say("notice.online"))
        sheet.facts(
            [
                (texts.say("notice.page_address"), terms.page),
                (texts.say("notice.number"), grouped(notice.letter.number)),
                (texts.say("notice.code"), grouped(notice.letter.code)),
            ],
            strong=(0, 1, 2),
        )
        sheet.paragraph(texts.say("notice.code_once", deadline=until))
    sheet.heading(texts.say("notice.post_title"), 2)
    sheet.paragraph(texts.say("notice.post"))
    if terms.contact:
        sheet.paragraph(texts.say("notice.contact", contact=terms.contact))
    sheet.paragraph(texts.say("notice.silence"))
    sheet.paragraph(notice.say("data"), small=True)


def grouped(digits: str) -> str:
    """Digits as they are easier to read and to type: in groups of four and fewer.

    >>> grouped("1234567890"), grouped("123456789012")
    ('1234 5678 90', '1234 5678 9012')
    """
    return " ".join(re.findall(r"\d{1,4}", digits))
