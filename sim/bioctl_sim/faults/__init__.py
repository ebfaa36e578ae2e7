"""The fault library: what can go wrong in the plant, when, and where it acts."""
