-- How customers and accounts are reached, entries that are closed, earlier terms of customers, and opening balances.

-- One statement at a time, as Citus wants it.
DO $$ BEGIN ALTER TABLE customers ADD COLUMN email text COLLATE "C"; END $$;
DO $$ BEGIN ALTER TABLE customers ADD COLUMN contact text COLLATE "C"; END $$;      -- the person to speak to
DO $$ BEGIN ALTER TABLE customers ADD COLUMN address text COLLATE "C"; END $$;
DO $$ BEGIN ALTER TABLE customers ADD COLUMN created_at timestamptz; END $$;        -- when it was added, here or in the system that it comes from
DO $$ BEGIN ALTER TABLE customers ADD COLUMN balance text COLLATE "C"; END $$;      -- decimal text, as last received
DO $$ BEGIN ALTER TABLE customers ADD COLUMN credit_limit text COLLATE "C"; END $$; -- decimal text
DO $$ BEGIN ALTER TABLE customers ADD COLUMN closed_at timestamptz; END $$;
DO $$ BEGIN ALTER TABLE customers ADD COLUMN earlier text COLLATE "C"; END $$;      -- JSON: the currencies and time zones that it had before, and until when
DO $$ BEGIN ALTER TABLE accounts ADD COLUMN email text COLLATE "C"; END $$;
DO $$ BEGIN ALTER TABLE accounts ADD COLUMN contact text COLLATE "C"; END $$;       -- the person to speak to
DO $$ BEGIN ALTER TABLE accounts ADD COLUMN address text COLLATE "C"; END $$;
DO $$ BEGIN ALTER TABLE accounts ADD COLUMN created_at timestamptz; END $$;         -- when it was added, here or in the system that it comes from
DO $$ BEGIN ALTER TABLE accounts ADD COLUMN closed_at timestamptz; END $$;
DO $$ BEGIN ALTER TABLE accounts ADD COLUMN balance_at timestamptz; END $$;         -- the balance is an opening balance at this instant; null for one that was received
DO $$ BEGIN ALTER TABLE services ADD COLUMN closed_at timestamptz; END $$;
DO $$ BEGIN ALTER TABLE products ADD COLUMN closed_at timestamptz; END $$;
DO $$ BEGIN ALTER TABLE destinations ADD COLUMN closed_at timestamptz; END $$;
DO $$ BEGIN ALTER TABLE logins ADD COLUMN closed_at timestamptz; END $$;
