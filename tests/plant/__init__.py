"""Promises proven by real processes: plant, encrypted OPC UA, SQLite, and kills."""
