"""One vessel: its state as a list of floats, its parameters, and the functions that step it.

`kernel.advance` is the whole of it; `vessel.Vessel` is the unit the plant sees.
"""
