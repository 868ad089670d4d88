"""Draw the picture of ``docs/analysts.md`` by its notebook: ``python -m docs.pictures.take_analysts``."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from enforcement.store import Store
from tests.dashboards.analysts.keeping import keep
from tests.dashboards.analysts.traffic import Traffic

HERE = Path(__file__).parent
NOTEBOOK = HERE.parent / "notebooks" / "traffic.ipynb"

mpl.use("Agg")
with tempfile.TemporaryDirectory() as folder:
    store = Store.embedded(Path(folder) / "store")
    store.migrate()
    keep(store, Traffic(datetime.now(UTC)))
    store.close()
    os.environ["ROADWITNESS_PLACE"] = folder
    names: dict[str, object] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
plt.figure(2).savefig(HERE / "analysts-limit-change.png", dpi=110)
