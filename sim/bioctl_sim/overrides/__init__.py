"""All that is ours inside asyncua's server (2.1.0), with the reason beside it.

asyncua's private names stand in this folder and nowhere else of the plant;
`tests/sim/test_server_overrides.py` fails when a new asyncua moves them. Checks that decide over
access fail closed: a session nobody admitted has no user.
"""
