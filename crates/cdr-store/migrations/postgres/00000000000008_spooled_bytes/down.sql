DROP INDEX exports_pages;
DROP INDEX exports_account;
CREATE INDEX exports_account ON exports (account_id, number) WHERE account_id IS NOT NULL;
DROP INDEX exports_bytes;
ALTER TABLE exports DROP COLUMN bytes;
