"""The journal: audit trail, recovery log and source of the batch record in one append-only store.

What is not in the journal did not happen. `entry` says what an entry is and how it is hashed,
`journal` writes and reads the store, `verify` checks it offline, `people` knows who may act,
`signature` binds a person to a record, and `sentence` tells each entry in plain English.
"""
