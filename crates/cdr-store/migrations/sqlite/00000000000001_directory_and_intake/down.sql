DROP TABLE quarantine;
DROP TABLE intake_keys;
DROP TABLE services;
DROP TABLE accounts;
DROP TABLE customers;
DROP TABLE sources;
DROP TABLE counters;
