DELETE FROM counters WHERE name IN ('parts', 'removing', 'removed', 'counts');
DROP TABLE part_versions;
DROP TABLE hourly_counts;
