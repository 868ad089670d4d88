"""What the page of numbers counts and draws; without a browser."""

from __future__ import annotations

import re

import pytest

from tests.dashboards.conftest import BackOffice, LooksOnly, Officer


class TestNumbers(LooksOnly):
    def test_counts_by_hour_camera_and_offence(self, officer: Officer) -> None:
        page = officer.open("/numbers")
        assert "7 violations in all; most, 4, at 2026-05-04 08:00." in page
        assert "7 violations in all; most, 5, at demo-a1-north." in page
        assert "7 violations in all; most, 7, at Speeding." in page
        assert "demo-b7-west 2 2 2 2 0 0" in page

    @pytest.mark.parametrize(("camera", "passages"), [("", 8), ("demo-b7-west", 2), ("demo-a1-north", 6)])
    def test_speeds_of_one_camera(self, officer: Officer, camera: str, passages: int) -> None:
        assert f"{passages} measured passages in all" in officer.open(f"/numbers?camera={camera}")

    @pytest.mark.parametrize(
        ("days", "chosen"),
        [("1", "Last day"), ("7", "Last 7 days"), ("0", "All time"), ("5000", "Last 7 days")],
    )
    def test_the_time_can_be_chosen(self, officer: Officer, days: str, chosen: str) -> None:
        markup = officer.client.get(f"/numbers?days={days}").text
        assert re.findall(r"<option value=\"\d+\" selected>([^<]*)", markup) == [chosen]
        assert "7 violations in all" in markup

    def test_every_chart_has_a_title_a_description_and_a_table(self, officer: Officer) -> None:
        markup = officer.client.get("/numbers").text
        charts = re.findall(r'<section class="card chart".*?</section>', markup, flags=re.S)
        assert len(charts) == 4
        for chart in charts:
            assert "<title id=" in chart
            assert "<desc id=" in chart
            assert "<table" in chart

    def test_before_anything_happened_it_says_so(self, empty_office: BackOffice) -> None:
        assert "No violations yet." in empty_office.officer().open("/numbers")
