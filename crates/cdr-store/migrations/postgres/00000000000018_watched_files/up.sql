-- How far the watched files of sources were read.
CREATE TABLE watched_files (
  number bigint PRIMARY KEY,
  source text COLLATE "C" NOT NULL,            -- the name of the source
  seen_at timestamptz NOT NULL,                -- when the file was there, to about a day
  document bytea NOT NULL                      -- JSON in UTF-8: the file and how far it was read
);
CREATE INDEX watched_files_source ON watched_files (source);

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
    EXECUTE format('GRANT %s ON watched_files TO %s', given.privilege, given.grantee);
  END LOOP;
  IF owned <> (SELECT relowner FROM pg_class WHERE oid = 'watched_files'::regclass) THEN
    EXECUTE format('ALTER TABLE watched_files OWNER TO %s', owned::regrole);
  END IF;
END $$;
