"""The phase library: what a recipe can ask a unit to do, one file each.

A phase is a small state machine without I/O, tasks or clock: parameters and a `View` in, actions
out.
`states.py` holds the ISA-88 table, `phase.py` what a phase promises, `library.py` the list.
"""
