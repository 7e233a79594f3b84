-- How far the watched files of sources were read.
CREATE TABLE watched_files (
  number INTEGER PRIMARY KEY NOT NULL,
  source TEXT NOT NULL,                        -- the name of the source
  seen_at INTEGER NOT NULL,                    -- when the file was there, to about a day
  document TEXT NOT NULL                       -- JSON: the file and how far it was read
) STRICT;
CREATE INDEX watched_files_source ON watched_files (source);
