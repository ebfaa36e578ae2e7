"""What was measured: readings recorded in compressed chunks, and read back for curves.

The journal says what was decided; this room says what was measured. Every closed chunk's hash goes
into the journal, so that a changed reading is found.
"""
