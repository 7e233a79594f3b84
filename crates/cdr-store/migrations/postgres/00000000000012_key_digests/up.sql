-- Keys are found by 16 bytes of a digest in place of their text, which keeps their index small.
-- Every key is copied once, in this transaction. Loads wait meanwhile, and so does the export of a native file.

-- One statement at a time, as Citus wants it.
DO $$ BEGIN
  -- What follows in this transaction is of the kind that Citus does not do beside something done by all machines at once.
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
    SET LOCAL citus.multi_shard_modify_mode TO 'sequential';
  END IF;
END $$;
DO $$ BEGIN ALTER TABLE intake_keys RENAME TO keys_by_text; END $$;
DO $$ BEGIN
  CREATE TABLE intake_keys (
    key_digest uuid NOT NULL,                  -- the first 16 bytes of SHA-256 of the source's number, 8 bytes, and the key
    source_id bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    first_number bigint NOT NULL,
    account_id bigint NOT NULL,
    started_at timestamptz NOT NULL,
    sheet bigint NOT NULL,                     -- 0 calls, 1 conferences
    digest bytea NOT NULL,
    CONSTRAINT intake_keys_digest PRIMARY KEY (key_digest)
  );
END $$;
-- With Citus, keys lie by themselves, as before.
DO $$ BEGIN
  IF to_regclass('pg_dist_partition') IS NOT NULL THEN
    IF EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = to_regclass('keys_by_text')) THEN
      PERFORM create_distributed_table('intake_keys', 'key_digest', colocate_with => 'none');
    END IF;
  END IF;
END $$;
DO $$ BEGIN
  INSERT INTO intake_keys (key_digest, source_id, key, number, first_number, account_id, started_at, sheet, digest)
  SELECT encode(substring(sha256(int8send(source_id) || convert_to(key, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid,
    source_id, key, number, first_number, account_id, started_at, sheet, digest
  FROM keys_by_text ORDER BY number;
END $$;
-- The new table keeps the owner and the privileges of the old one.
DO $$
DECLARE
  owned oid := (SELECT relowner FROM pg_class WHERE oid = 'keys_by_text'::regclass);
  given record;
BEGIN
  FOR given IN
    SELECT a.privilege_type AS privilege, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee
    FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = 'keys_by_text'::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('GRANT %s ON intake_keys TO %s', given.privilege, given.grantee);
  END LOOP;
  IF owned <> (SELECT relowner FROM pg_class WHERE oid = 'intake_keys'::regclass) THEN
    EXECUTE format('ALTER TABLE intake_keys OWNER TO %s', owned::regrole);
  END IF;
END $$;
DO $$ BEGIN DROP TABLE keys_by_text; END $$;
DO $$ BEGIN CREATE INDEX intake_keys_number ON intake_keys (number); END $$;
DO $$ BEGIN CREATE INDEX intake_keys_start ON intake_keys (started_at); END $$;
