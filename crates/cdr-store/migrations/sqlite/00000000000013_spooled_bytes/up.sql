-- What finished files take in the spool, and indexes for the limits of exports and for pages of lists.

ALTER TABLE exports ADD COLUMN bytes INTEGER;        -- of the file, of one that was completed
UPDATE exports SET bytes = CASE WHEN json_valid(receipt) THEN
  CASE json_type(receipt, '$.file.bytes') WHEN 'integer' THEN receipt ->> '$.file.bytes' END
END WHERE receipt IS NOT NULL;
CREATE INDEX exports_bytes ON exports (state, customer_id, bytes, dialect, number);
-- A page of a list is found by its index alone.
DROP INDEX exports_account;
CREATE INDEX exports_account ON exports (account_id, number, dialect, state) WHERE account_id IS NOT NULL;
CREATE INDEX exports_pages ON exports (number, dialect, state);
