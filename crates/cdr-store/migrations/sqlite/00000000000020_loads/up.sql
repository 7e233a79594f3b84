-- Loads: what was loaded together, and can be undone together; and the settings of a source.

ALTER TABLE sources ADD COLUMN settings TEXT;  -- JSON; null for a source that was not configured

CREATE TABLE loads (
  id INTEGER PRIMARY KEY NOT NULL,
  source TEXT NOT NULL,                        -- the names as the load had them
  feed TEXT NOT NULL,
  file TEXT NOT NULL,
  loaded_by TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  ended_at INTEGER,
  state INTEGER NOT NULL,                      -- 0 running, 1 complete, 2 stopped, 3 refused, 4 undone, 5 undoing
  reason TEXT,                                 -- of a stopped or refused one
  digest BLOB,                                 -- SHA-256 of a file that was read to its end
  bytes INTEGER,
  loaded INTEGER NOT NULL DEFAULT 0,           -- records: new, known, in quarantine
  known INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0,
  earliest INTEGER,                            -- the starts of the first and the last new record
  latest INTEGER
) STRICT;

-- The numbers that a load gave: of records, and of entries of the quarantine.
CREATE TABLE load_ranges (
  load_id INTEGER NOT NULL REFERENCES loads (id),
  sheet INTEGER NOT NULL,                      -- 0 records, 1 entries
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (load_id, sheet, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX load_ranges_first ON load_ranges (sheet, first);
