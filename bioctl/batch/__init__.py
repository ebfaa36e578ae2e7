"""Batches: binding a recipe to units, deciding what happens next, recovering, recording.

Batch state is the fold of the journal's events: `state.py` says what it is, `apply.py` how an event
changes it, `engine.py` which events follow from an image. Nothing here does I/O or asks a clock.
"""
