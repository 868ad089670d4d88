"""Grafana dashboards: described in TOML, written as the JSON that Grafana is provisioned with."""
