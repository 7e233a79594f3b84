DELETE FROM counters WHERE name = 'walk';
DROP TABLE walks;
DROP INDEX cdrs_leg_group;
ALTER TABLE cdrs DROP COLUMN leg_group;
