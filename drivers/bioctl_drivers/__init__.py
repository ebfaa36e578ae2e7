"""Drivers shipped with bioctl, and the unit classes they know."""
