-- What sources delivered, by the hour of its receipt.
CREATE TABLE source_hours (
  source_id INTEGER NOT NULL REFERENCES sources (id),
  hour INTEGER NOT NULL,                       -- since 1970 in UTC; 0 for the hours of more than eight days ago together
  loaded INTEGER NOT NULL,                     -- records: new, known, in quarantine
  known INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  received_at INTEGER NOT NULL,                -- when the last of them was received
  latest INTEGER,                              -- the start of the latest new record
  PRIMARY KEY (source_id, hour)
) STRICT, WITHOUT ROWID;
