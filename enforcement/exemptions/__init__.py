"""Exemptions that are kept as data: whom rules do not concern, from when until when, and who said so."""
