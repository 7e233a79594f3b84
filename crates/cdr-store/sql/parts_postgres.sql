-- Gives every part of the calls in a database a version, and counts the calls of every hour.
-- Most instants of a call are in the hour of its start.
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

-- Counts the calls of every hour.
DELETE FROM hourly_counts;
WITH grouped (account_id, customer_id, kind, service_id, last_attempt, started, connected, ended, billed, calls) AS (
  SELECT account_id, customer_id, kind, service_id, last_attempt,
    floor(extract(epoch FROM started_at) / 3600)::bigint,
    floor(extract(epoch FROM connected_at) / 3600)::bigint,
    floor(extract(epoch FROM ended_at) / 3600)::bigint,
    floor(extract(epoch FROM billed_at) / 3600)::bigint, count(*)
  FROM cdrs WHERE replaced_by IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), of_accounts (account_id, customer_id, kind, service_id, last_attempt, hour, starts, connects, ends, bills) AS (
  SELECT account_id, customer_id, kind, service_id, last_attempt, started, calls, 0, 0, 0 FROM grouped
  UNION ALL SELECT account_id, customer_id, kind, service_id, last_attempt, connected, 0, calls, 0, 0 FROM grouped
    WHERE connected IS NOT NULL
  UNION ALL SELECT account_id, customer_id, kind, service_id, last_attempt, ended, 0, 0, calls, 0 FROM grouped
    WHERE ended IS NOT NULL
  UNION ALL SELECT account_id, customer_id, kind, service_id, last_attempt, billed, 0, 0, 0, calls FROM grouped
), of_all (account_id, customer_id, kind, service_id, last_attempt, hour, starts, connects, ends, bills) AS (
  SELECT account_id, customer_id, kind, service_id, last_attempt, hour, starts, connects, ends, bills FROM of_accounts
  UNION ALL SELECT (-9223372036854775807 - 1)::bigint, (-9223372036854775807 - 1)::bigint, kind, service_id, last_attempt,
    hour, starts, connects, ends, bills FROM of_accounts
)
INSERT INTO hourly_counts
  (account_id, hour, customer_id, kind, service_id, last_attempt, starts, connects, ends, bills)
SELECT account_id, hour, customer_id, kind, service_id, last_attempt, sum(starts), sum(connects), sum(ends), sum(bills)
FROM of_all GROUP BY 1, 2, 3, 4, 5, 6;
-- An empty store has the same counters as one that was never upgraded.
INSERT INTO counters (name, last) SELECT 'counts', floor(random() * 9007199254740991)::bigint WHERE (SELECT max(last) FROM counters WHERE name IN ('record', 'given')) > 0
ON CONFLICT (name) DO UPDATE SET last = excluded.last;

INSERT INTO counters (name, last) SELECT 'parts', max(last) FROM counters WHERE name IN ('record', 'given')
HAVING max(last) IS NOT NULL ON CONFLICT (name) DO UPDATE SET last = excluded.last;
