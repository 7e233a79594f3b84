-- How customers and accounts are reached, entries that are closed, earlier terms of customers, and opening balances.
ALTER TABLE customers ADD COLUMN email TEXT;
ALTER TABLE customers ADD COLUMN contact TEXT;            -- the person to speak to
ALTER TABLE customers ADD COLUMN address TEXT;
ALTER TABLE customers ADD COLUMN created_at INTEGER;      -- when it was added, here or in the system that it comes from
ALTER TABLE customers ADD COLUMN balance TEXT;            -- decimal text, as last received
ALTER TABLE customers ADD COLUMN credit_limit TEXT;       -- decimal text
ALTER TABLE customers ADD COLUMN closed_at INTEGER;
ALTER TABLE customers ADD COLUMN earlier TEXT;            -- JSON: the currencies and time zones that it had before, and until when
ALTER TABLE accounts ADD COLUMN email TEXT;
ALTER TABLE accounts ADD COLUMN contact TEXT;             -- the person to speak to
ALTER TABLE accounts ADD COLUMN address TEXT;
ALTER TABLE accounts ADD COLUMN created_at INTEGER;       -- when it was added, here or in the system that it comes from
ALTER TABLE accounts ADD COLUMN closed_at INTEGER;
ALTER TABLE accounts ADD COLUMN balance_at INTEGER;       -- the balance is an opening balance at this instant; null for one that was received
ALTER TABLE services ADD COLUMN closed_at INTEGER;
ALTER TABLE products ADD COLUMN closed_at INTEGER;
ALTER TABLE destinations ADD COLUMN closed_at INTEGER;
ALTER TABLE logins ADD COLUMN closed_at INTEGER;
