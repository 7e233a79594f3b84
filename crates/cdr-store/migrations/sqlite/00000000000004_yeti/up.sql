-- What the Yeti dialect needs: what accounts are known by and limited to, its logins and secrets, and more of exports.

-- Accounts. Amounts are decimal text as given.
ALTER TABLE accounts ADD COLUMN uuid BLOB NOT NULL DEFAULT x'';
ALTER TABLE accounts ADD COLUMN balance TEXT;
ALTER TABLE accounts ADD COLUMN min_balance TEXT;
ALTER TABLE accounts ADD COLUMN max_balance TEXT;
ALTER TABLE accounts ADD COLUMN balance_low TEXT;
ALTER TABLE accounts ADD COLUMN balance_high TEXT;
ALTER TABLE accounts ADD COLUMN destination_rate_limit TEXT;
ALTER TABLE accounts ADD COLUMN max_call_duration INTEGER; -- seconds
ALTER TABLE accounts ADD COLUMN origination_capacity INTEGER;
ALTER TABLE accounts ADD COLUMN termination_capacity INTEGER;
ALTER TABLE accounts ADD COLUMN total_capacity INTEGER;
-- A random UUID (RFC 9562, version 4) for those that are there already.
UPDATE accounts SET uuid = unhex(
  hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2)
  || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || hex(randomblob(6)));
CREATE UNIQUE INDEX accounts_uuid ON accounts (uuid);
UPDATE counters SET last = last + 1 WHERE name = 'directory';

-- Exports, logins and secrets.
ALTER TABLE exports ADD COLUMN account_id INTEGER;   -- whom it is of; null for nobody in particular
ALTER TABLE exports ADD COLUMN customer_id INTEGER;  -- who waits for it
ALTER TABLE exports ADD COLUMN callback TEXT;        -- who is told when it has ended
ALTER TABLE exports ADD COLUMN callback_due INTEGER; -- when that is to be tried; null before the end, and when it is done
ALTER TABLE exports ADD COLUMN callback_attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exports ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exports ADD COLUMN rows INTEGER;         -- records, of one that was completed
UPDATE exports SET updated_at = coalesce(finished_at, created_at);
-- The sheets of a receipt are those of the layout, in their order; a sheet of counts holds no records.
UPDATE exports SET rows = (
  SELECT coalesce(sum(sheet.value ->> '$.rows'), 0) FROM json_each(exports.receipt, '$.sheets') AS sheet
  WHERE coalesce(exports.request ->> ('$.plan.layout.sheets[' || sheet.key || '].rows'), '') <> 'counts'
) WHERE json_valid(receipt) AND json_valid(request);
-- What waits is looked at with its customer, and without its request.
DROP INDEX exports_state;
CREATE INDEX exports_state ON exports (state, number, customer_id);
CREATE INDEX exports_account ON exports (account_id, number) WHERE account_id IS NOT NULL;
CREATE INDEX exports_callback ON exports (callback_due) WHERE callback_due IS NOT NULL;

CREATE TABLE logins (
  id INTEGER PRIMARY KEY NOT NULL,
  login TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL,          -- a PHC string, or a bcrypt hash that was brought along
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  accounts TEXT NOT NULL,          -- numbers with commas between; none for all of the customer
  allowed_ips TEXT NOT NULL,       -- networks with commas between
  allow_recordings INTEGER NOT NULL
) STRICT;
-- Tokens are known by the numbers of logins, so none is given twice.
INSERT INTO counters (name, last) VALUES ('login', 0);

CREATE TABLE secrets (
  name TEXT PRIMARY KEY NOT NULL,
  secret BLOB NOT NULL             -- random bytes
) STRICT, WITHOUT ROWID;
