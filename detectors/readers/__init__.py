"""Plate readers, one a module; :func:`detectors.reading.open_reader` opens them by name."""
