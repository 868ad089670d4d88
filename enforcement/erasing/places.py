"""Where the store keeps what is known of a case, and what becomes of it when the case is erased.

Every table with a column for the case is in one of these lists: a test sees to that, so that nobody adds a
place that is forgotten here.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Rows that go: table -> the column that names the case.
DELETED: Mapping[str, str] = {
    "case_candidates": "case_id",
    "case_marks": "case_id",
    "evidence_gaps": "case_id",
    "open_case_lines": "case_id",
    "open_cases": "case_id",
    "refused_decisions": "case_id",
    "review_terms": "case_id",
    "violations": "violation_id",
}
#: Rows that stay as figures: table -> the columns that are emptied. Who decided, when and how stays.
BLANKED: Mapping[str, Mapping[str, str]] = {
    "case_events": {"note": "''", "chosen_plate": "NULL"},
    "cases": {
        "erased_at": "{erased_at}",
        "plate": "NULL",
        "plate_raw": "NULL",
        "plate_normalised": "NULL",
        "keeper_id": "NULL",
        "passage_id": "''",
        "thumbnail_digest": "NULL",
        "plate_digest": "NULL",
    },
}
#: What stays as it is, and why.
UNTOUCHED: Mapping[str, str] = {
    "register_lookups": "for which cases a register was asked, and not about which plates",
    "seeded_cases": "which cases were invented to test reviews, and what is right",
    "tombstones": "they are what is left",
}
