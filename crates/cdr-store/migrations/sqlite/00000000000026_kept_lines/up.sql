-- Kept lines: what switches wrote for the records of a source, in compressed chunks.

-- What a feed needs besides a line, such as the heading of the file: kept once for all lines that have the same.
CREATE TABLE line_contexts (
  id INTEGER PRIMARY KEY NOT NULL,
  digest BLOB NOT NULL UNIQUE,                 -- SHA-256 of the document
  document TEXT NOT NULL
) STRICT;

CREATE TABLE kept_lines (
  id INTEGER PRIMARY KEY NOT NULL,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  load_id INTEGER,                             -- null for what was posted in small bodies
  feed TEXT NOT NULL,
  context_id INTEGER REFERENCES line_contexts (id),
  kept_at INTEGER NOT NULL,
  earliest INTEGER NOT NULL,                   -- the first start of their records
  lines INTEGER NOT NULL,
  size INTEGER NOT NULL,                       -- bytes before compression
  document BLOB NOT NULL                       -- zlib: numbers of records, starts, and bytes as received
) STRICT;
CREATE INDEX kept_lines_source ON kept_lines (source_id, id);
CREATE INDEX kept_lines_kept ON kept_lines (kept_at);
CREATE INDEX kept_lines_earliest ON kept_lines (earliest);
CREATE INDEX kept_lines_load ON kept_lines (load_id) WHERE load_id IS NOT NULL;

ALTER TABLE quarantine ADD COLUMN context_id INTEGER;  -- of line_contexts; null for an entry of an earlier program
ALTER TABLE loads ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;  -- 0 file, 1 remap, 2 retry
