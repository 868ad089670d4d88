"""What a case has to look at: its stills, its clip, pictures with their overlay; and cases like it."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from detectors.clip_coding import can_encode
from enforcement.rules.finding import Finding
from tests.dashboards.conftest import BackOffice, LooksOnly, Officer, text_of
from tests.dashboards.invented_passages import BLUE, INCOMPLETE, RED, SLOWEST, UNKNOWN, WHITE

needs_encoder = pytest.mark.skipif(not can_encode(), reason="PyAV has no libx264 here: pip install av")


def markup_of(office: BackOffice, officer: Officer, speed_kmh: float, query: str = "") -> str:
    return officer.client.get(f"/cases/{office.case_id(speed_kmh)}{query}").text


@needs_encoder
class TestTheClip(LooksOnly):
    def address(self, office: BackOffice) -> str:
        (piece,) = (one for one in office.passages[WHITE].evidence if one.kind == "clip")
        return f"/evidence/{piece.digest}"

    def test_is_played_on_the_page_and_nothing_else_plays_there(
        self, office: BackOffice, officer: Officer
    ) -> None:
        response = officer.client.get(f"/cases/{office.case_id(WHITE)}")
        assert re.search(r"<video[^>]* controls ", response.text)
        assert f'<source src="{self.address(office)}" type="video/mp4">' in response.text
        assert "media-src 'self'" in response.headers["content-security-policy"]
        assert "What was measured lies 0.5 s after its beginning." in text_of(response)

    def test_a_case_without_one_says_nothing_of_it(self, office: BackOffice, officer: Officer) -> None:
        assert "<video" not in markup_of(office, officer, RED)

    def test_it_is_among_the_evidence_that_the_case_needs(self, office: BackOffice, officer: Officer) -> None:
        assert re.search(r"Clip \d\.\d\d s [0-9a-f]{8}", officer.open(f"/cases/{office.case_id(WHITE)}"))

    @pytest.mark.parametrize(
        ("asked", "first", "last"),
        [
            ("bytes=0-", 0, None),
            ("bytes=100-199", 100, 199),
            ("bytes=200-9999999999", 200, None),
            ("bytes=-50", -50, None),
        ],
    )
    def test_a_player_gets_the_part_that_it_asks_for(
        self, office: BackOffice, officer: Officer, asked: str, first: int, last: int | None
    ) -> None:
        whole = officer.client.get(self.address(office))
        assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
        part = officer.client.get(self.address(office), headers={"range": asked})
        assert part.status_code == 206
        assert part.content == whole.content[first : None if last is None else last + 1]
        begin = len(whole.content) + first if first < 0 else first
        end = begin + len(part.content) - 1
        assert part.headers["content-range"] == f"bytes {begin}-{end}/{len(whole.content)}"

    @pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=20-10", "bytes=-0"])
    def test_a_part_that_is_not_there(self, office: BackOffice, officer: Officer, asked: str) -> None:
        response = officer.client.get(self.address(office), headers={"range": asked})
        assert response.status_code == 416
        assert response.content == b""

    @pytest.mark.parametrize(
        "headers",
        [
            {"range": "bytes=0-1,4-5"},
            {"range": "pages=1-2"},
            {"range": "bytes=-"},
            {"range": "bytes=0-9", "if-range": '"another"'},
        ],
    )
    def test_what_is_no_single_part_is_answered_with_the_whole(
        self, office: BackOffice, officer: Officer, headers: dict[str, str]
    ) -> None:
        assert officer.client.get(self.address(office), headers=headers).status_code == 200


class TestTheStills(LooksOnly):
    def test_one_still_needs_no_strip(self, office: BackOffice, officer: Officer) -> None:
        assert 'class="strip"' not in markup_of(office, officer, RED)

    def test_the_frame_with_its_overlay_drawn_in_differs_where_the_boxes_are(
        self, office: BackOffice, officer: Officer
    ) -> None:
        frame = office.passages[RED].evidence[0]
        assert frame.vehicle_box is not None
        response = officer.client.get(f"/cases/{office.case_id(RED)}/overlay.jpg")
        assert response.headers["content-type"] == "image/jpeg"
        plain, marked = (
            Image.open(io.BytesIO(content)).convert("RGB")
            for content in (office.evidence.get(frame.digest), response.content)
        )
        assert marked.size == plain.size
        box = frame.vehicle_box
        edge = (int(box.x) - 2, int(box.y + 10), int(box.x) + 3, int(box.y + box.h - 10))
        drawn = ImageChops.difference(plain.crop(edge), marked.crop(edge)).getextrema()
        assert max(high for _, high in drawn) > 60
        corner = (0, plain.height - 40, 60, plain.height)
        changed = ImageChops.difference(plain.crop(corner), marked.crop(corner)).getextrema()
        assert max(high for _, high in changed) < 40

    def test_there_is_none_with_an_overlay_where_no_still_is_here(
        self, office: BackOffice, officer: Officer
    ) -> None:
        assert officer.client.get(f"/cases/{office.case_id(INCOMPLETE)}/overlay.jpg").status_code == 404

    def test_a_small_picture_is_small(self, office: BackOffice, officer: Officer) -> None:
        digest = office.passages[RED].evidence[0].digest
        response = officer.client.get(f"/evidence/{digest}/small.jpg")
        assert Image.open(io.BytesIO(response.content)).size == (320, 180)
        assert "immutable" in response.headers["cache-control"]


class TestStillsOfARedLight:
    @pytest.fixture
    def office(self, every_offence: BackOffice) -> BackOffice:
        return every_offence

    def test_stand_in_the_order_of_time_and_each_can_be_looked_at(
        self, office: BackOffice, officer: Officer
    ) -> None:
        address = f"/cases/{office.case_of('red_light')}"
        page = officer.client.get(address).text
        strip = page[page.index('class="strip"') : page.index("</ol>", page.index('class="strip"'))]
        digests = re.findall(r"\?still=([0-9a-f]{64})", strip)
        case = office.book.case(office.case_of("red_light"))
        assert case is not None
        stills = [piece for piece in case.passage.evidence if piece.kind != "plate"]
        assert digests == [one.digest for one in sorted(stills, key=lambda one: one.captured_at_ns)]
        assert set(re.findall(r"<span>([^<]+)<br>", strip)) >= {"First position", "Second position"}
        for digest in digests:
            shown = officer.client.get(f"{address}?still={digest}").text
            assert f'<image href="/evidence/{digest}" x="0"' in shown
            assert len(re.findall(r'<a href="\?still=[0-9a-f]{64}#picture-heading" aria-current', shown)) == 1

    def test_the_other_cameras_picture_has_no_track_of_this_one(
        self, office: BackOffice, officer: Officer
    ) -> None:
        case = office.book.case(office.case_of("average_speed"))
        assert case is not None
        finding: Finding = case.finding
        assert finding.other is not None
        page = officer.client.get(
            f"/cases/{case.summary.case_id}?still={finding.other.evidence[0].digest}"
        ).text
        picture = page[page.index('id="picture"') : page.index("</svg>", page.index('id="picture"'))]
        assert finding.other.evidence[0].digest in picture
        assert "track-line" not in picture


class TestSimilarCases(LooksOnly):
    def test_are_of_the_same_camera_and_offence_nearest_first(self, office: BackOffice) -> None:
        case = office.book.case(office.case_id(RED))
        assert case is not None
        found = office.book.similar(case.summary)
        assert [one.measured for one in found] == sorted(
            (BLUE, 92.4, WHITE, SLOWEST), key=lambda kmh: (abs(kmh - RED), kmh)
        )
        assert office.case_id(UNKNOWN) not in {one.case_id for one in found}  # another camera

    def test_are_no_older_than_a_week(self, office: BackOffice) -> None:
        case = office.book.case(office.case_id(RED))
        assert case is not None
        later = replace(case.summary, occurred_at_ns=case.summary.occurred_at_ns + 8 * 86_400 * 10**9)
        assert office.book.similar(later) == []

    def test_no_plate_is_shown_of_them(self, office: BackOffice, officer: Officer) -> None:
        page = officer.open(f"/cases/{office.case_id(BLUE)}")
        assert "Similar cases" in page
        assert "BMX135" not in page[page.index("Similar cases") :]
