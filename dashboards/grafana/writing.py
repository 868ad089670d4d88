"""A described dashboard as the JSON that Grafana reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboards.grafana.panels import COLUMNS, NAMES, Board, Panel, Variable, board

FOLDER = Path(__file__).parent / "dashboards"
#: Names of the data sources; the provisioning gives them these.
CLICKHOUSE = {"type": "grafana-clickhouse-datasource", "uid": "clickhouse"}
PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}

#: Grafana 11's version of the format; newer ones read it and bring it up to theirs.
_SCHEMA_VERSION = 39
_TAG = "roadwitness"
_PLUGIN_VERSION = "4.8.2"
_TIME_SERIES, _TABLE = 0, 1
_LAST_VALUE = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_EVERY_ROW = {"calcs": ["lastNotNull"], "fields": "", "values": True}
_LEGEND = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
_OTHER_DASHBOARDS = {
    "type": "dashboards",
    "title": "Roadwitness",
    "tags": [_TAG],
    "asDropdown": False,
    "keepTime": True,
    "includeVars": True,
}
_OPTIONS: Mapping[str, dict[str, Any]] = {
    "timeseries": {"legend": _LEGEND, "tooltip": {"mode": "multi", "sort": "desc"}},
    "stat": {
        "reduceOptions": _LAST_VALUE,
        "colorMode": "value",
        "graphMode": "none",
        "textMode": "auto",
        "justifyMode": "auto",
        "orientation": "auto",
    },
    "table": {"showHeader": True, "cellHeight": "sm"},
    "barchart": {
        "orientation": "auto",
        "xTickLabelRotation": 0,
        "legend": _LEGEND,
        "tooltip": {"mode": "multi", "sort": "none"},
        "stacking": "none",
    },
    "bargauge": {
        "reduceOptions": _EVERY_ROW,
        "displayMode": "gradient",
        "orientation": "horizontal",
        "showUnfilled": True,
    },
    "piechart": {
        "reduceOptions": _EVERY_ROW,
        "pieType": "donut",
        "legend": {**_LEGEND, "placement": "right"},
    },
}


def dashboard(described: Board) -> dict[str, Any]:
    """The dashboard as Grafana's JSON, ready to be provisioned."""
    panels: list[dict[str, Any]] = []
    top = 0
    for row in described.rows:
        panels.append(_heading(len(panels) + 1, row.title, top))
        top += 1
        left = 0
        tallest = 0
        for panel in row.panels:
            if left + panel.width > COLUMNS:
                top, left, tallest = top + tallest, 0, 0
            place = {"h": panel.height, "w": panel.width, "x": left, "y": top}
            panels.append(_panel(len(panels) + 1, panel, place))
            left += panel.width
            tallest = max(tallest, panel.height)
        top += tallest
    return {
        "uid": described.uid,
        "title": described.title,
        "description": described.about,
        "tags": [_TAG],
        "schemaVersion": _SCHEMA_VERSION,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "utc",
        "refresh": described.refresh,
        "time": {"from": described.from_, "to": "now"},
        "timepicker": {},
        "annotations": {"list": []},
        "links": [_OTHER_DASHBOARDS],
        "templating": {"list": [_variable(found) for found in described.variables]},
        "panels": panels,
    }


def text_of(described: Board) -> str:
    """The JSON file's text."""
    return json.dumps(dashboard(described), indent=2, ensure_ascii=False) + "\n"


def write_all(folder: Path = FOLDER) -> list[Path]:
    """Write every dashboard into ``folder``; the files that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in NAMES:
        path = folder / f"{name}.json"
        path.write_text(text_of(board(name)), encoding="utf-8")
        paths.append(path)
    return paths


def _heading(number: int, title: str, top: int) -> dict[str, Any]:
    place = {"h": 1, "w": COLUMNS, "x": 0, "y": top}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "gridPos": place,
        "datasource": CLICKHOUSE if panel.sql else PROMETHEUS,
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _overrides(panel)},
        "options": _OPTIONS[panel.kind],
        "targets": _targets(panel),
    }
    if panel.interval:
        content["interval"] = panel.interval
    return content


def _defaults(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green" if panel.thresholds else "blue", "value": None}]
    steps += [{"color": found.colour, "value": found.value} for found in panel.thresholds]
    by_value = panel.thresholds or panel.kind == "stat"
    defaults: dict[str, Any] = {
        "unit": panel.unit,
        "color": {"mode": "thresholds" if by_value else "palette-classic"},
        "thresholds": {"mode": "absolute", "steps": steps},
        "mappings": [],
    }
    if panel.decimals is not None:
        defaults["decimals"] = panel.decimals
    if panel.kind == "timeseries":
        stacking = {"mode": "normal" if panel.stacked else "none", "group": "A"}
        fill = 40 if panel.stacked else 8
        defaults["custom"] = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": fill, "stacking": stacking}
    if panel.heat:
        defaults["custom"] = {"cellOptions": {"type": "color-background", "mode": "gradient"}}
        defaults["color"] = {"mode": "continuous-BlPu"}
    return defaults


def _overrides(panel: Panel) -> list[dict[str, Any]]:
    return [
        {"matcher": {"id": "byName", "options": column}, "properties": [{"id": "unit", "value": unit}]}
        for column, unit in panel.units.items()
    ]


def _targets(panel: Panel) -> list[dict[str, Any]]:
    if panel.sql:
        lines = panel.kind == "timeseries"
        return [
            {
                "refId": "A",
                "datasource": CLICKHOUSE,
                "editorType": "sql",
                "queryType": "timeseries" if lines else "table",
                "format": _TIME_SERIES if lines else _TABLE,
                "pluginVersion": _PLUGIN_VERSION,
                "rawSql": panel.sql.strip(),
            }
        ]
    return [
        {
            "refId": chr(ord("A") + number),
            "datasource": PROMETHEUS,
            "editorMode": "code",
            "expr": asked.expr,
            "legendFormat": asked.legend or "__auto",
            "range": panel.kind == "timeseries",
            "instant": panel.kind != "timeseries",
        }
        for number, asked in enumerate(panel.promql)
    ]


def _variable(found: Variable) -> dict[str, Any]:
    return {
        "name": found.name,
        "label": found.label,
        "type": "query",
        "datasource": CLICKHOUSE,
        "query": found.sql,
        "definition": found.sql,
        "multi": True,
        "includeAll": True,
        "refresh": 1,
        "sort": 1,
        "hide": 0,
        "skipUrlSync": False,
        "options": [],
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }
