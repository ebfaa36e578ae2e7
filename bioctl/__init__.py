"""bioctl: batch process control for closed-system cell-therapy equipment, over OPC UA."""

__version__ = "0.1.0"
