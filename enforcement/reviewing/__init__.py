"""Reviewing: who must look at a case before it is decided, and what their answers make of it together."""
