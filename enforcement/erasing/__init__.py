"""Erasing: at its time a case loses all that is personal, and a tombstone stays."""
