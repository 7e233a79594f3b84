DELETE FROM counters WHERE name IN ('parts', 'removing', 'removed');
DROP TABLE part_versions;
DROP TABLE hourly_counts;
