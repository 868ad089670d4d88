"""The tests, by package; each file reads as a specification."""
