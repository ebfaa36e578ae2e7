-- The journal, version 1. Entries are appended and never changed: the triggers say so to everyone,
-- and opening or verifying compares this file with what the database holds.

CREATE TABLE cell (
    id TEXT NOT NULL
) STRICT;

CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    batch TEXT,
    batch_seq INTEGER,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL,
    leaf BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX entry_of_batch ON entry (batch, batch_seq) WHERE batch IS NOT NULL;

CREATE TRIGGER entry_follows BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)
BEGIN
    SELECT raise(ABORT, 'an entry follows the last one');
END;

CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
BEGIN
    SELECT raise(ABORT, 'an entry is never changed');
END;

CREATE TRIGGER entry_remains BEFORE DELETE ON entry
BEGIN
    SELECT raise(ABORT, 'an entry is never deleted');
END;

CREATE TRIGGER cell_stays BEFORE UPDATE ON cell
BEGIN
    SELECT raise(ABORT, 'a journal stays with its cell');
END;

CREATE TRIGGER cell_remains BEFORE DELETE ON cell
BEGIN
    SELECT raise(ABORT, 'a journal stays with its cell');
END;

-- Volatile values, to resume bumplessly. Deleting them loses no batch state.
CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY,
    t REAL NOT NULL,
    seq INTEGER NOT NULL,
    blob BLOB NOT NULL,
    sha256 BLOB NOT NULL
) STRICT;
