"""Bytes a row that each column of the store takes on the disk: the figures of docs/store.md.

    python benchmarks/store_columns.py [--passages 3000000] [--violations 100000] [--at-least 0.5]

The generated city of benchmarks/questions.py goes into an embedded ClickHouse with all migrations; it is
merged, and ``system.parts_columns`` read. Counts, unlike speeds, do not depend on the machine.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import closing
from pathlib import Path

from questions_store import City
from rich.console import Console
from rich.table import Table

from enforcement.store import Store

_COLUMNS = """
SELECT table, column, any(type), sum(column_data_compressed_bytes) / sum(rows) AS packed,
    sum(column_data_uncompressed_bytes) / sum(rows) AS raw, sum(rows)
FROM system.parts_columns WHERE database = {db:String} AND active AND rows > 0
GROUP BY table, column ORDER BY table, packed DESC
"""


def main() -> None:
    """Fill, merge, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=3_000_000)
    parser.add_argument("--violations", type=int, default=100_000)
    parser.add_argument("--cameras", type=int, default=50)
    parser.add_argument("--at-least", type=float, default=0.5, help="bytes of a column that is named")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, closing(Store.embedded(Path(folder) / "store")) as store:
        store.migrate()
        tables = store.query(
            "SELECT name FROM system.tables WHERE database = {db:String} AND engine LIKE '%MergeTree'",
            {"db": store.database},
        )
        for (table,) in tables:
            # Small parts hold all columns in one file and cannot tell them apart.
            store.command(f"ALTER TABLE {table} MODIFY SETTING min_bytes_for_wide_part = 0")
        City(options.passages, options.violations, options.cameras).fill(store)
        for (table,) in tables:
            store.command(f"OPTIMIZE TABLE {table} FINAL")
        rows = store.query(_COLUMNS, {"db": store.database})
    shown = Table("table", "column", "type", "bytes a row", "uncompressed")
    console = Console(width=140)
    for table in dict.fromkeys(row[0] for row in rows):
        of_table = [row for row in rows if row[0] == table]
        shown.add_section()
        total, raw = sum(row[3] for row in of_table), sum(row[4] for row in of_table)
        shown.add_row(table, f"{of_table[0][5]:,} rows", "", f"{total:.1f}", f"{raw:.1f}", style="bold")
        named = [row for row in of_table if row[3] >= options.at_least]
        for _, column, kind, packed, unpacked, _ in named:
            shown.add_row("", column, kind, f"{packed:.2f}", f"{unpacked:.1f}")
        rest = sum(row[3] for row in of_table) - sum(row[3] for row in named)
        shown.add_row("", f"{len(of_table) - len(named)} others", "", f"{rest:.2f}", "")
    console.print(shown)


if __name__ == "__main__":
    main()
