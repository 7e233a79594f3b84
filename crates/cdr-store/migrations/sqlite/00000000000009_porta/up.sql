-- What the PortaCDR dialect needs: the legs of one call by what they share, and the walks through answers in pages.

-- The h323-conf-id of the incoming leg that this one continues, or else its own. Computed, so every record has it.
ALTER TABLE cdrs ADD COLUMN leg_group TEXT GENERATED ALWAYS AS (
  coalesce(nullif(details ->> '$.xdr.incoming_conf_id', ''), nullif(details ->> '$.xdr.conf_id', ''))
) VIRTUAL;
CREATE INDEX cdrs_leg_group ON cdrs (leg_group) WHERE leg_group IS NOT NULL;

CREATE TABLE walks (
  number INTEGER PRIMARY KEY NOT NULL, -- the order in which they began
  owner TEXT NOT NULL,             -- whose answers they are
  question BLOB NOT NULL,          -- SHA-256 of what was asked
  expires_at INTEGER NOT NULL,
  given INTEGER,                   -- the highest offset given out; null if it is the only one of its question
  bytes INTEGER NOT NULL,          -- of the document
  document TEXT NOT NULL           -- of the dialect
) STRICT;
CREATE INDEX walks_owner ON walks (owner, question);
INSERT INTO counters (name, last) VALUES ('walk', 0);
