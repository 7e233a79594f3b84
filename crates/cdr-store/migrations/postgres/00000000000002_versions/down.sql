DROP INDEX exports_state;
CREATE INDEX exports_state ON exports (state, number, customer_id);
ALTER TABLE quarantine DROP COLUMN document_version;
ALTER TABLE exports DROP COLUMN receipt_version;
ALTER TABLE exports DROP COLUMN memo_version;
ALTER TABLE exports DROP COLUMN request_version;
