"""Tools for those who work on Roadwitness; nothing here is installed with it."""
