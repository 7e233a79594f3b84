-- Gives every part of the calls in a file a version, and counts the calls of every hour.
-- Most instants of a call are in the hour of its start.
DELETE FROM part_versions;
WITH instants (account_id, started_at, at) AS (
  SELECT account_id, started_at, started_at FROM cdrs
  UNION ALL SELECT account_id, started_at, connected_at FROM cdrs
    WHERE connected_at / 3600000000 - (connected_at % 3600000000 < 0) <> started_at / 3600000000 - (started_at % 3600000000 < 0)
  UNION ALL SELECT account_id, started_at, ended_at FROM cdrs
    WHERE ended_at / 3600000000 - (ended_at % 3600000000 < 0) <> started_at / 3600000000 - (started_at % 3600000000 < 0)
  UNION ALL SELECT account_id, started_at, billed_at FROM cdrs
    WHERE billed_at / 3600000000 - (billed_at % 3600000000 < 0) <> started_at / 3600000000 - (started_at % 3600000000 < 0)
), parts (account_id, part, started_at) AS (
  SELECT account_id, at / 3600000000 - (at % 3600000000 < 0), started_at FROM instants
), hours (account_id, part, earliest, latest) AS (
  SELECT account_id, part, min(started_at), max(started_at) FROM parts GROUP BY account_id, part
), of_all (account_id, part, earliest, latest) AS (
  SELECT -9223372036854775807 - 1, part, min(earliest), max(latest) FROM hours GROUP BY part
  UNION ALL SELECT account_id, part / 24 - (part % 24 < 0), min(earliest), max(latest) FROM hours GROUP BY 1, 2
)
INSERT INTO part_versions (account_id, part, touched_by, mark, earliest, latest)
SELECT account_id, part, (SELECT last FROM counters WHERE name = 'record'), random(), earliest, latest FROM of_all;

-- Counts the calls of every hour.
DELETE FROM hourly_counts;
WITH grouped (account_id, customer_id, kind, service_id, last_attempt, started, connected, ended, billed, calls) AS (
  SELECT account_id, customer_id, kind, service_id, last_attempt,
    started_at / 3600000000 - (started_at % 3600000000 < 0),
    connected_at / 3600000000 - (connected_at % 3600000000 < 0),
    ended_at / 3600000000 - (ended_at % 3600000000 < 0),
    billed_at / 3600000000 - (billed_at % 3600000000 < 0), count(*)
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
  UNION ALL SELECT -9223372036854775807 - 1, -9223372036854775807 - 1, kind, service_id, last_attempt,
    hour, starts, connects, ends, bills FROM of_accounts
)
INSERT INTO hourly_counts
  (account_id, hour, customer_id, kind, service_id, last_attempt, starts, connects, ends, bills)
SELECT account_id, hour, customer_id, kind, service_id, last_attempt, sum(starts), sum(connects), sum(ends), sum(bills)
FROM of_all GROUP BY 1, 2, 3, 4, 5, 6;
-- An empty store has the same counters as one that was never upgraded.
INSERT INTO counters (name, last) SELECT 'counts', random() WHERE (SELECT last FROM counters WHERE name = 'record') > 0
ON CONFLICT (name) DO UPDATE SET last = excluded.last;

INSERT INTO counters (name, last) SELECT 'parts', last FROM counters WHERE name = 'record'
ON CONFLICT (name) DO UPDATE SET last = excluded.last;
