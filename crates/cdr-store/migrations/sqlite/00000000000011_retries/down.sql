DROP INDEX exports_state;
CREATE INDEX exports_state ON exports (state, number, customer_id, request_version);
ALTER TABLE exports DROP COLUMN postponed;
ALTER TABLE exports DROP COLUMN not_before;
