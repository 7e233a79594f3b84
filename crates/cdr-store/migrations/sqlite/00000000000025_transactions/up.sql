-- The transactions of dialogues, of which calls are joined. They are kept as long as calls are: what is known of a dialogue
-- is the same in whatever order its transactions came.
CREATE TABLE transactions (
  number INTEGER PRIMARY KEY NOT NULL,
  key_digest BLOB NOT NULL,        -- of the dialogue: the first 16 bytes of SHA-256 of the source's number, 8 bytes, and its key
  digest BLOB NOT NULL,            -- SHA-256 of what the proxy wrote
  source_id INTEGER NOT NULL,
  at INTEGER NOT NULL,             -- when it ended
  received_at INTEGER NOT NULL,
  state INTEGER NOT NULL,          -- 0 open, 1 joined, 2 in quarantine, 3 to be joined again
  load_id INTEGER,
  position TEXT NOT NULL,
  raw BLOB NOT NULL,
  document TEXT NOT NULL,          -- JSON: the transaction
  document_version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX transactions_dialogue ON transactions (key_digest, digest);
CREATE INDEX transactions_time ON transactions (source_id, at);
CREATE INDEX transactions_waiting ON transactions (source_id, at) WHERE state IN (0, 3);
CREATE INDEX transactions_load ON transactions (load_id) WHERE load_id IS NOT NULL;
