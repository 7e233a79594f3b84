-- What the PortaCDR dialect needs: the legs of one call by what they share, and the walks through answers in pages.

-- One statement at a time, as Citus wants it.
DO $$ BEGIN
  -- What follows in this transaction is of the kind that Citus does not do beside something done by all machines at once.
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
    SET LOCAL citus.multi_shard_modify_mode TO 'sequential';
  END IF;
END $$;
-- The h323-conf-id of the incoming leg that this one continues, or else its own. Computed, so every record has it.
DO $$ BEGIN
  ALTER TABLE cdrs ADD COLUMN leg_group text COLLATE "C" GENERATED ALWAYS AS (
    coalesce(nullif(details #>> '{xdr,incoming_conf_id}', ''), nullif(details #>> '{xdr,conf_id}', ''))
  ) STORED;
END $$;
DO $$ BEGIN CREATE INDEX cdrs_leg_group ON cdrs (leg_group) WHERE leg_group IS NOT NULL; END $$;

CREATE TABLE walks (
  number bigint PRIMARY KEY,                 -- the order in which they began
  owner text COLLATE "C" NOT NULL,           -- whose answers they are
  question bytea NOT NULL,                   -- SHA-256 of what was asked
  expires_at timestamptz NOT NULL,
  given bigint,                              -- the highest offset given out; null if it is the only one of its question
  bytes bigint NOT NULL,                     -- of the document
  document bytea NOT NULL                    -- of the dialect, in UTF-8
);
CREATE INDEX walks_owner ON walks (owner, question);
INSERT INTO counters (name, last) VALUES ('walk', 0);
