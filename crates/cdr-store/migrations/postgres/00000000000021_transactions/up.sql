-- The transactions of dialogues, of which calls are joined. They are kept as long as calls are: what is known of a dialogue
-- is the same in whatever order its transactions came.
CREATE TABLE transactions (
  number bigint PRIMARY KEY,
  key_digest uuid NOT NULL,                    -- of the dialogue: the first 16 bytes of SHA-256 of the source's number and its key
  digest bytea NOT NULL,                       -- SHA-256 of what the proxy wrote
  source_id bigint NOT NULL,
  at timestamptz NOT NULL,                     -- when it ended
  received_at timestamptz NOT NULL,
  state bigint NOT NULL,                       -- 0 open, 1 joined, 2 in quarantine, 3 to be joined again
  load_id bigint,
  position text COLLATE "C" NOT NULL,
  raw bytea NOT NULL,
  document bytea NOT NULL,                     -- JSON in UTF-8: the transaction
  document_version bigint NOT NULL
);
CREATE UNIQUE INDEX transactions_dialogue ON transactions (key_digest, digest);
CREATE INDEX transactions_time ON transactions (source_id, at);
CREATE INDEX transactions_waiting ON transactions (source_id, at) WHERE state IN (0, 3);
CREATE INDEX transactions_load ON transactions (load_id) WHERE load_id IS NOT NULL;

-- The new table has the owner and the privileges of another one that a program writes.
DO $$
DECLARE
  owned oid := (SELECT relowner FROM pg_class WHERE oid = 'walks'::regclass);
  given record;
BEGIN
  FOR given IN
    SELECT a.privilege_type AS privilege, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee
    FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = 'walks'::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('GRANT %s ON transactions TO %s', given.privilege, given.grantee);
  END LOOP;
  IF owned <> (SELECT relowner FROM pg_class WHERE oid = 'transactions'::regclass) THEN
    EXECUTE format('ALTER TABLE transactions OWNER TO %s', owned::regrole);
  END IF;
END $$;
