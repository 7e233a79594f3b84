DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
    SET LOCAL citus.multi_shard_modify_mode TO 'sequential';
  END IF;
END $$;
DO $$ BEGIN ALTER TABLE intake_keys RENAME TO keys_by_digest; END $$;
DO $$ BEGIN
  CREATE TABLE intake_keys (
    source_id bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    first_number bigint NOT NULL,
    account_id bigint NOT NULL,
    started_at timestamptz NOT NULL,
    sheet bigint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (source_id, key)
  );
END $$;
DO $$ BEGIN
  IF to_regclass('pg_dist_partition') IS NOT NULL THEN
    IF EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = to_regclass('keys_by_digest')) THEN
      PERFORM create_distributed_table('intake_keys', 'key', colocate_with => 'none');
    END IF;
  END IF;
END $$;
DO $$ BEGIN
  INSERT INTO intake_keys (source_id, key, number, first_number, account_id, started_at, sheet, digest)
  SELECT source_id, key, number, first_number, account_id, started_at, sheet, digest FROM keys_by_digest;
END $$;
DO $$ BEGIN DROP TABLE keys_by_digest; END $$;
DO $$ BEGIN CREATE INDEX intake_keys_number ON intake_keys (number); END $$;
DO $$ BEGIN CREATE INDEX intake_keys_start ON intake_keys (started_at); END $$;
