-- Kept lines: what switches wrote for the records of a source, in compressed chunks.

-- What a feed needs besides a line, such as the heading of the file: kept once for all lines that have the same.
CREATE TABLE line_contexts (
  id bigint PRIMARY KEY,
  digest bytea NOT NULL UNIQUE,                -- SHA-256 of the document
  document bytea NOT NULL                      -- UTF-8
);

CREATE TABLE kept_lines (
  id bigint PRIMARY KEY,
  source_id bigint NOT NULL REFERENCES sources (id),
  load_id bigint,                              -- null for what was posted in small bodies
  feed text COLLATE "C" NOT NULL,
  context_id bigint REFERENCES line_contexts (id),
  kept_at timestamptz NOT NULL,
  earliest timestamptz NOT NULL,               -- the first start of their records
  lines bigint NOT NULL,
  size bigint NOT NULL,                        -- bytes before compression
  document bytea NOT NULL                      -- zlib: numbers of records, starts, and bytes as received
);
-- The documents are compressed already.
ALTER TABLE kept_lines ALTER COLUMN document SET STORAGE EXTERNAL;
CREATE INDEX kept_lines_source ON kept_lines (source_id, id);
CREATE INDEX kept_lines_kept ON kept_lines (kept_at);
CREATE INDEX kept_lines_earliest ON kept_lines (earliest);
CREATE INDEX kept_lines_load ON kept_lines (load_id) WHERE load_id IS NOT NULL;

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
    EXECUTE format('GRANT %s ON kept_lines, line_contexts TO %s', given.privilege, given.grantee);
  END LOOP;
  IF owned <> (SELECT relowner FROM pg_class WHERE oid = 'kept_lines'::regclass) THEN
    EXECUTE format('ALTER TABLE kept_lines OWNER TO %s', owned::regrole);
    EXECUTE format('ALTER TABLE line_contexts OWNER TO %s', owned::regrole);
  END IF;
END $$;

-- context_id: of line_contexts; null for an entry of an earlier program.
DO $$ BEGIN ALTER TABLE quarantine ADD COLUMN context_id bigint; END $$;
-- kind: 0 file, 1 remap, 2 retry.
DO $$ BEGIN ALTER TABLE loads ADD COLUMN kind bigint NOT NULL DEFAULT 0; END $$;
