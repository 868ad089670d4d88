"""Command line, settings, wiring and the simulator of Roadwitness."""
