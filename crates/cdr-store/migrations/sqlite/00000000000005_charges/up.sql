-- Charges that are no calls, and who they are of.

ALTER TABLE cdrs ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
  -- 0 call, 1 resale, 2 usage, 3 subscription, 4 fee, 5 charge for a number, 6 payment, 7 adjustment
ALTER TABLE cdrs ADD COLUMN destination_id INTEGER;
-- What is asked about customers, by when it was answered and by when it was charged. Each ends in the number by itself.
CREATE INDEX cdrs_customer_connect ON cdrs (customer_id, connected_at) WHERE connected_at IS NOT NULL;
CREATE INDEX cdrs_customer_bill ON cdrs (customer_id, billed_at);
-- Charges for numbers are few, and asked for over all customers.
CREATE INDEX cdrs_did_charges ON cdrs (billed_at) WHERE kind = 5;

ALTER TABLE customers ADD COLUMN level TEXT NOT NULL DEFAULT 'retail';
ALTER TABLE customers ADD COLUMN environment INTEGER NOT NULL DEFAULT 1;
ALTER TABLE customers ADD COLUMN zone TEXT;                                  -- an IANA name
ALTER TABLE customers ADD COLUMN billing_period TEXT NOT NULL DEFAULT 'month:1';

CREATE TABLE products (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE
) STRICT;
-- Of a product that is there; not a foreign key, as a restored backup fills tables in the order in which they were made.
ALTER TABLE accounts ADD COLUMN product_id INTEGER;

-- Services that are there already were of calls: there was nothing else.
ALTER TABLE services ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;             -- as in cdrs
ALTER TABLE services ADD COLUMN flags TEXT;
-- Not if the number or the name is somebody's.
INSERT OR IGNORE INTO services (id, name, kind) VALUES (4, 'Subscriptions', 3);

CREATE TABLE destinations (
  id INTEGER PRIMARY KEY NOT NULL,
  prefix TEXT NOT NULL,            -- digits
  country TEXT,
  iso3 TEXT,                       -- ISO 3166-1
  subdivision TEXT,
  description TEXT
) STRICT;
CREATE INDEX destinations_prefix ON destinations (prefix);

UPDATE counters SET last = last + 1 WHERE name = 'directory';
