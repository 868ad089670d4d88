"""Judging: rules, the register, cases, evidence and the ClickHouse store. Knows nothing of HTTP or models."""
