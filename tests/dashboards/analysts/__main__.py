"""``python -m tests.dashboards.analysts FOLDER`` writes four invented weeks into a data folder, to try on."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from enforcement.store import Store
from tests.dashboards.analysts.keeping import keep
from tests.dashboards.analysts.traffic import Traffic

store = Store.embedded(Path(sys.argv[1]) / "store")
store.migrate()
keep(store, Traffic(datetime.now(UTC)))
store.close()
