"""Vessels of the simulated plant: one physics, configured."""
