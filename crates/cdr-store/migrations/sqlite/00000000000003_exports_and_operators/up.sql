-- The ledger of exports, and who signs in with a name and a password.

CREATE TABLE exports (
  number INTEGER PRIMARY KEY NOT NULL, -- the order of entry
  id BLOB NOT NULL UNIQUE,         -- UUID
  dialect TEXT NOT NULL,
  lane TEXT,
  caller TEXT NOT NULL,
  request TEXT NOT NULL,           -- JSON
  memo TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  state INTEGER NOT NULL,          -- 0 pending, 1 running, 2 completed, 3 failed, 4 withdrawn
  token BLOB,                      -- UUID, of the claim on a running one
  beats INTEGER NOT NULL,          -- heartbeats of that claim
  progress TEXT,                   -- JSON, of a running one
  tag INTEGER,                     -- seconds since 1970; this and the next two of a completed one
  file TEXT,
  receipt TEXT,                    -- JSON
  reason TEXT,                     -- of a failed one
  finished_at INTEGER              -- of a completed or failed one
) STRICT;
-- At most one export of a lane is alive, whoever enters it. Those without a lane do not meet: null is equal to nothing.
CREATE UNIQUE INDEX exports_alive ON exports (lane) WHERE state IN (0, 1);
-- Each ends in the number by itself: the oldest pending one is found at once, and so is the last of a lane.
CREATE INDEX exports_state ON exports (state);
CREATE INDEX exports_lane ON exports (lane) WHERE lane IS NOT NULL;
INSERT INTO counters (name, last) VALUES ('export', 0);

-- The last tag given in each lane. It stays when the exports go, so that tags only ever rise.
CREATE TABLE lanes (
  name TEXT PRIMARY KEY NOT NULL,
  last_tag INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operators (
  name TEXT PRIMARY KEY NOT NULL,
  password TEXT NOT NULL,          -- a PHC string
  roles TEXT NOT NULL              -- names with commas between
) STRICT, WITHOUT ROWID;
