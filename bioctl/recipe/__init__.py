"""Recipes: what a process engineer writes, read and checked against what the equipment can do."""
