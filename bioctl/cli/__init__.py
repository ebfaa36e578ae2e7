"""The command line: one file per noun.

Nothing heavy is imported before a command runs, so `--help` is instant; `tests/cli` keeps it so.
"""
