-- Of which version each kept document is; null, as programs of before left it, is 1.

ALTER TABLE exports ADD COLUMN request_version bigint;
ALTER TABLE exports ADD COLUMN memo_version bigint;
ALTER TABLE exports ADD COLUMN receipt_version bigint;
ALTER TABLE quarantine ADD COLUMN document_version bigint; -- of the JSON in version
-- Workers look for what they can begin all the time; this is all they need to see.
DROP INDEX exports_state;
CREATE INDEX exports_state ON exports (state, number, customer_id, request_version);
