-- Gives every part of the calls in a file a version. Most instants of a call are in the hour of its start.
DELETE FROM part_versions;
WITH instants (account_id, started_at, at) AS (
  SELECT account_id, started_at, started_at FROM cdrs
  UNION ALL SELECT account_id, started_at, connected_at FROM cdrs
    WHERE connected_at - ((connected_at % 3600000000) + 3600000000) % 3600000000
      <> started_at - ((started_at % 3600000000) + 3600000000) % 3600000000
  UNION ALL SELECT account_id, started_at, ended_at FROM cdrs
    WHERE ended_at - ((ended_at % 3600000000) + 3600000000) % 3600000000
      <> started_at - ((started_at % 3600000000) + 3600000000) % 3600000000
  UNION ALL SELECT account_id, started_at, billed_at FROM cdrs
    WHERE billed_at - ((billed_at % 3600000000) + 3600000000) % 3600000000
      <> started_at - ((started_at % 3600000000) + 3600000000) % 3600000000
), parts (account_id, part, started_at) AS (
  SELECT account_id, (at - ((at % 3600000000) + 3600000000) % 3600000000) / 3600000000, started_at FROM instants
), hours (account_id, part, earliest, latest) AS (
  SELECT account_id, part, min(started_at), max(started_at) FROM parts GROUP BY account_id, part
), of_all (account_id, part, earliest, latest) AS (
  SELECT -9223372036854775807 - 1, part, min(earliest), max(latest) FROM hours GROUP BY part
  UNION ALL SELECT account_id, (part - ((part % 24) + 24) % 24) / 24, min(earliest), max(latest) FROM hours GROUP BY 1, 2
)
INSERT INTO part_versions (account_id, part, touched_by, mark, earliest, latest)
SELECT account_id, part, (SELECT last FROM counters WHERE name = 'record'), random(), earliest, latest FROM of_all;
INSERT INTO counters (name, last) SELECT 'parts', last FROM counters WHERE name = 'record'
ON CONFLICT (name) DO UPDATE SET last = excluded.last;
