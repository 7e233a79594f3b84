-- What the store uses of Citus, on one server: the tables stay as they are, and two nodes answer when they are asked.
-- Source: https://docs.citusdata.com/en/stable/develop/api_udf.html and api_metadata.html beside it.

-- Whether a node answers. Whoever holds the advisory lock 42 makes both wait.
CREATE TABLE nodes (nodename text, nodeport int, up boolean NOT NULL);
INSERT INTO nodes VALUES ('w1', 5432, true), ('w2', 5433, true);

CREATE TABLE distributed (name text PRIMARY KEY);
INSERT INTO distributed VALUES ('cdrs'), ('intake_keys');

CREATE VIEW pg_dist_partition AS
  SELECT to_regclass(name) AS logicalrelid FROM distributed WHERE to_regclass(name) IS NOT NULL;

CREATE FUNCTION create_distributed_table(table_name regclass, distribution_column text, colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  ASSERT current_setting('citus.multi_shard_modify_mode') = 'sequential';
  INSERT INTO distributed VALUES (table_name::text);
END $$;

CREATE FUNCTION run_command_on_workers(command text)
RETURNS TABLE (nodename text, nodeport int, success boolean, result text) LANGUAGE plpgsql AS $$
DECLARE
  node record;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(42);
  FOR node IN SELECT * FROM nodes AS m ORDER BY m.nodename LOOP
    nodename := node.nodename;
    nodeport := node.nodeport;
    success := node.up;
    IF node.up THEN
      EXECUTE command INTO result;
    ELSE
      result := format('failed to connect to %s:%s', node.nodename, node.nodeport);
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;
