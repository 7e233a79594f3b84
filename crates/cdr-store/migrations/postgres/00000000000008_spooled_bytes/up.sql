-- What finished files take in the spool, and indexes for the limits of exports and for pages of lists.

ALTER TABLE exports ADD COLUMN bytes bigint;         -- of the file, of one that was completed
-- Found in the text: reading a receipt as JSON fails if one of its other members has an escaped NUL.
UPDATE exports SET bytes = substring(receipt::text FROM '"file":\s*\{[^{}]*"bytes":\s*([0-9]{1,18})[,\s}]')::bigint
WHERE receipt IS NOT NULL;
CREATE INDEX exports_bytes ON exports (state, customer_id, bytes, dialect, number);
-- A page of a list is found by its index alone.
DROP INDEX exports_account;
CREATE INDEX exports_account ON exports (account_id, number, dialect, state) WHERE account_id IS NOT NULL;
CREATE INDEX exports_pages ON exports (number, dialect, state);
