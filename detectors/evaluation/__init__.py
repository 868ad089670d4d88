"""Measuring detectors against labels made by people."""
