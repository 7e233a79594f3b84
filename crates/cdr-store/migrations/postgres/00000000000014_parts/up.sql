-- The version of each part of the calls: of the calls of one hour, and of those of an account on one day. What an export has
-- encoded of a part can be used again for as long as the part has the same version.
-- The versions and the counts of existing calls are noted after this migration, in the same transaction, which reads every call.

CREATE TABLE part_versions (
  account_id bigint NOT NULL,                  -- -9223372036854775808 for all accounts
  part bigint NOT NULL,                        -- the hour of UTC since 1970 that an instant of a call lies in; of an account, the day
  touched_by bigint NOT NULL,                  -- the record number of the last change
  mark bigint NOT NULL,                        -- a random number of the last change
  earliest bigint NOT NULL,                    -- the starts of the first and the last call that may be in the part, in microseconds
  latest bigint NOT NULL,
  CONSTRAINT part_versions_part PRIMARY KEY (account_id, part)
);

-- How many calls of an account have their instants in an hour: the current versions only. Counts and page jumps follow from it.
CREATE TABLE hourly_counts (
  account_id bigint NOT NULL,                  -- -9223372036854775808 for all accounts
  hour bigint NOT NULL,                        -- of UTC since 1970
  customer_id bigint NOT NULL,                 -- -9223372036854775808 for all accounts
  kind bigint NOT NULL,                        -- these three as in the calls
  service_id bigint NOT NULL,
  last_attempt boolean NOT NULL,
  starts bigint NOT NULL,                      -- the calls that started, were connected, ended and were billed in the hour
  connects bigint NOT NULL,
  ends bigint NOT NULL,
  bills bigint NOT NULL,
  CONSTRAINT hourly_counts_hour PRIMARY KEY (account_id, hour, customer_id, kind, service_id, last_attempt)
);

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
    EXECUTE format('GRANT %s ON part_versions, hourly_counts TO %s', given.privilege, given.grantee);
  END LOOP;
  IF owned <> (SELECT relowner FROM pg_class WHERE oid = 'part_versions'::regclass) THEN
    EXECUTE format('ALTER TABLE part_versions OWNER TO %s', owned::regrole);
    EXECUTE format('ALTER TABLE hourly_counts OWNER TO %s', owned::regrole);
  END IF;
END $$;
