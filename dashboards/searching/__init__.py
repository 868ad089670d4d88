"""Searching for a plate: with a purpose, for a case, on the record."""
