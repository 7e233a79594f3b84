DROP TABLE operators;
DROP TABLE lanes;
DELETE FROM counters WHERE name = 'export';
DROP TABLE exports;
