DROP TABLE load_ranges;
DROP TABLE loads;
ALTER TABLE sources DROP COLUMN settings;
