-- Privileges of a role that serves and works but does not own the tables. The owner runs this in their database and schema.
-- Only the owner runs `tollbook migrate` and changes tables. Two functions create and drop partitions.
DO $$ BEGIN
  EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO tollbook_app', current_schema());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO tollbook_app', current_database());
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  counters, sources, customers, accounts, services, products, destinations, intake_keys, quarantine, cdrs, conferences,
  exports, lanes, operators, logins, secrets, licences, licence_customers, walks,
  part_versions, hourly_counts, loads, load_ranges, watched_files, source_hours,
  line_contexts, kept_lines, transactions
TO tollbook_app;
GRANT SELECT ON __diesel_schema_migrations TO tollbook_app;
GRANT EXECUTE ON FUNCTION tollbook_add_partition(text, timestamptz, timestamptz), tollbook_drop_partition(text) TO tollbook_app;
