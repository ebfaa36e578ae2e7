"""Control laws: PID, structures, loops, interlocks and alarms, all pure.

Each automaton takes its configuration, its state, what was read and the process time, and gives
back the next state, what to write and what to journal. Nothing here starts a task or asks a clock.
"""
