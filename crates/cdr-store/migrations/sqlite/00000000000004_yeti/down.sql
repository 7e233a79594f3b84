-- Accounts.
DROP INDEX accounts_uuid;
ALTER TABLE accounts DROP COLUMN total_capacity;
ALTER TABLE accounts DROP COLUMN termination_capacity;
ALTER TABLE accounts DROP COLUMN origination_capacity;
ALTER TABLE accounts DROP COLUMN max_call_duration;
ALTER TABLE accounts DROP COLUMN destination_rate_limit;
ALTER TABLE accounts DROP COLUMN balance_high;
ALTER TABLE accounts DROP COLUMN balance_low;
ALTER TABLE accounts DROP COLUMN max_balance;
ALTER TABLE accounts DROP COLUMN min_balance;
ALTER TABLE accounts DROP COLUMN balance;
ALTER TABLE accounts DROP COLUMN uuid;

-- Exports, logins and secrets.
DROP TABLE secrets;
DELETE FROM counters WHERE name = 'login';
DROP TABLE logins;
DROP INDEX exports_callback;
DROP INDEX exports_account;
DROP INDEX exports_state;
CREATE INDEX exports_state ON exports (state);
ALTER TABLE exports DROP COLUMN rows;
ALTER TABLE exports DROP COLUMN updated_at;
ALTER TABLE exports DROP COLUMN callback_attempts;
ALTER TABLE exports DROP COLUMN callback_due;
ALTER TABLE exports DROP COLUMN callback;
ALTER TABLE exports DROP COLUMN customer_id;
ALTER TABLE exports DROP COLUMN account_id;
