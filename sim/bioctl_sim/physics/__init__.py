"""Equations of the simulated plant: pure functions of floats, each with its source."""
