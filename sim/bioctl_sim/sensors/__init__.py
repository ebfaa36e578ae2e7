"""Sensors: everything between a probe's lagged value and the number the plant shows."""
