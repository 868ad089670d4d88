"""``python -m dashboards.grafana`` writes the dashboards' JSON again from their descriptions."""

from __future__ import annotations

from dashboards.grafana.writing import write_all

for path in write_all():
    print(path)
