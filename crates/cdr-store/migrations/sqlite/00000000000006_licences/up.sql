-- Licences: what programs name in every request to be let in.
CREATE TABLE licences (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  digest BLOB NOT NULL UNIQUE,     -- HMAC-SHA-256 of the text, which is kept nowhere, under a secret of this store
  environment INTEGER              -- whose customers it sees; null for those in `licence_customers`
) STRICT;
-- Logs name licences by their numbers, so none is given twice.
INSERT INTO counters (name, last) VALUES ('licence', 0);

CREATE TABLE licence_customers (
  licence_id INTEGER NOT NULL REFERENCES licences (id) ON DELETE CASCADE,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  PRIMARY KEY (licence_id, customer_id)
) STRICT, WITHOUT ROWID;
