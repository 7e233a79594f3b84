DROP TABLE licence_customers, licences, secrets, logins, operators, lanes, exports, conferences;
DROP FUNCTION tollbook_add_partition(text, timestamptz, timestamptz);
DROP FUNCTION tollbook_drop_partition(text);
DROP TABLE cdrs;
DROP TABLE intake_keys;
DROP TABLE quarantine, destinations, products, services, accounts, customers, sources, counters;
