"""Protection tables as data: alarms and interlocks that units share."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Every `*.yaml` here is one table; found by the entry point group `bioctl.protection_tables`."""
