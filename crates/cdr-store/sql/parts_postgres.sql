-- Gives every part of the calls in a database a version. Most instants of a call are in the hour of its start.
DELETE FROM part_versions;
INSERT INTO part_versions (account_id, part, touched_by, mark, earliest, latest)
WITH hours AS (
  SELECT account_id, floor(extract(epoch FROM at) / 3600)::bigint AS part,
    (min(extract(epoch FROM started_at)) * 1000000)::bigint AS earliest,
    (max(extract(epoch FROM started_at)) * 1000000)::bigint AS latest
  FROM cdrs, LATERAL (VALUES (started_at), (connected_at), (ended_at), (billed_at)) AS instants (at)
  WHERE at IS NOT NULL GROUP BY 1, 2
), of_all AS (
  SELECT (-9223372036854775807 - 1)::bigint AS account_id, part, min(earliest) AS earliest, max(latest) AS latest FROM hours GROUP BY part
  UNION ALL
  SELECT account_id, floor(part / 24.0)::bigint, min(earliest), max(latest) FROM hours GROUP BY 1, 2
)
SELECT account_id, part, (SELECT max(last) FROM counters WHERE name IN ('record', 'given')),
  floor(random() * 9007199254740991)::bigint, earliest, latest
FROM of_all;
INSERT INTO counters (name, last) SELECT 'parts', max(last) FROM counters WHERE name IN ('record', 'given')
HAVING max(last) IS NOT NULL ON CONFLICT (name) DO UPDATE SET last = excluded.last;
