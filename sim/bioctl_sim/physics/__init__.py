"""Equations of the simulated plant: pure functions of floats, each with its source.

The optional accelerator compiles these functions as they stand (`vessel.accelerate`), so they use
arithmetic, comparison, `sqrt`, `exp` and `log` only: what both do alike to the last bit.
"""
