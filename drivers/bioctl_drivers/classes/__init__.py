"""Unit classes as data: what a recipe may ask of each kind of equipment."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Every `*.yaml` here is one unit class; found by the entry point group `bioctl.unit_classes`."""
