-- The history, version 1. A chunk is some time of one unit; a series is one tag's column in it.
-- A draft holds the rows since the last chunk, so that a crash loses seconds only.

CREATE TABLE IF NOT EXISTS chunk (
    id INTEGER PRIMARY KEY,
    unit TEXT NOT NULL,
    t_from REAL NOT NULL,
    t_to REAL NOT NULL,
    rows INTEGER NOT NULL,
    t BLOB NOT NULL,
    utc BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    journaled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX IF NOT EXISTS chunk_of_unit ON chunk (unit, t_from);

CREATE TABLE IF NOT EXISTS series (
    tag TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    value BLOB NOT NULL,
    quality BLOB NOT NULL,
    PRIMARY KEY (tag, chunk)
) STRICT;

CREATE TABLE IF NOT EXISTS draft (
    id INTEGER PRIMARY KEY,
    unit TEXT NOT NULL,
    blob BLOB NOT NULL
) STRICT;
