-- Loads: what was loaded together, and can be undone together; and the settings of a source.

ALTER TABLE sources ADD COLUMN settings json;  -- null for a source that was not configured

CREATE TABLE loads (
  id bigint PRIMARY KEY,
  source text COLLATE "C" NOT NULL,            -- the names as the load had them
  feed text COLLATE "C" NOT NULL,
  file text COLLATE "C" NOT NULL,
  loaded_by text COLLATE "C" NOT NULL,
  begun_at timestamptz NOT NULL,
  ended_at timestamptz,
  state bigint NOT NULL,                       -- 0 running, 1 complete, 2 stopped, 3 refused, 4 undone, 5 undoing
  reason text COLLATE "C",                     -- of a stopped or refused one
  digest bytea,                                -- SHA-256 of a file that was read to its end
  bytes bigint,
  loaded bigint NOT NULL DEFAULT 0,            -- records: new, known, in quarantine
  known bigint NOT NULL DEFAULT 0,
  quarantined bigint NOT NULL DEFAULT 0,
  earliest timestamptz,                        -- the starts of the first and the last new record
  latest timestamptz
);

-- The numbers that a load gave: of records, and of entries of the quarantine.
CREATE TABLE load_ranges (
  load_id bigint NOT NULL REFERENCES loads (id),
  sheet bigint NOT NULL,                       -- 0 records, 1 entries
  first bigint NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (load_id, sheet, first)
);
CREATE INDEX load_ranges_first ON load_ranges (sheet, first);

-- The new tables have the owner and the privileges of another one that a program writes.
DO $$
DECLARE
  owned oid := (SELECT relowner FROM pg_class WHERE oid = 'walks'::regclass);
  given record;
BEGIN
  FOR given IN
    SELECT a.privilege_type AS privilege, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee
    FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = 'walks'::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('GRANT %s ON loads, load_ranges TO %s', given.privilege, given.grantee);
  END LOOP;
  IF owned <> (SELECT relowner FROM pg_class WHERE oid = 'loads'::regclass) THEN
    EXECUTE format('ALTER TABLE loads OWNER TO %s', owned::regrole);
    EXECUTE format('ALTER TABLE load_ranges OWNER TO %s', owned::regrole);
  END IF;
END $$;
