"""The composition root: site file, journal, history and drivers become a running cell."""
