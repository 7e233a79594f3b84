-- What sources delivered, by the hour of its receipt.
CREATE TABLE source_hours (
  source_id bigint NOT NULL REFERENCES sources (id),
  hour bigint NOT NULL,                        -- since 1970 in UTC; 0 for the hours of more than eight days ago together
  loaded bigint NOT NULL,                      -- records: new, known, in quarantine
  known bigint NOT NULL,
  quarantined bigint NOT NULL,
  received_at timestamptz NOT NULL,            -- when the last of them was received
  latest timestamptz,                          -- the start of the latest new record
  PRIMARY KEY (source_id, hour)
);

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
    EXECUTE format('GRANT %s ON source_hours TO %s', given.privilege, given.grantee);
  END LOOP;
  IF owned <> (SELECT relowner FROM pg_class WHERE oid = 'source_hours'::regclass) THEN
    EXECUTE format('ALTER TABLE source_hours OWNER TO %s', owned::regrole);
  END IF;
END $$;
