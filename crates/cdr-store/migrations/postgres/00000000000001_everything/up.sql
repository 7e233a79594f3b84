-- The store in PostgreSQL: who is who, which records are known, the records, the ledger of exports, and who may come in.
-- Times are instants; digests are SHA-256; text is ordered by its bytes, as everywhere in the program.

-- The last number given. Whoever gives numbers locks the row first, so they become visible in their order.
CREATE TABLE counters (
  name text COLLATE "C" PRIMARY KEY,
  last bigint NOT NULL
);
INSERT INTO counters (name, last)
VALUES ('record', 0), ('quarantine', 0), ('directory', 0), ('export', 0), ('login', 0), ('licence', 0);

CREATE TABLE sources (
  id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  feed text COLLATE "C" NOT NULL
);

CREATE TABLE customers (
  id bigint PRIMARY KEY,
  reseller_id bigint REFERENCES customers (id),
  name text COLLATE "C" NOT NULL UNIQUE,
  external_id text COLLATE "C",
  currency text COLLATE "C" NOT NULL,
  level text COLLATE "C" NOT NULL DEFAULT 'retail',
  environment bigint NOT NULL DEFAULT 1,
  zone text COLLATE "C",                     -- an IANA name
  billing_period text COLLATE "C" NOT NULL DEFAULT 'month:1'
);
-- Whose calls belong to nobody known.
INSERT INTO customers (id, reseller_id, name, external_id, currency) VALUES (0, NULL, '(nobody)', NULL, 'XXX');

-- Amounts of accounts are decimal text as given.
CREATE TABLE accounts (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  number text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  external_id text COLLATE "C",
  uuid uuid NOT NULL UNIQUE,
  balance text COLLATE "C",
  min_balance text COLLATE "C",
  max_balance text COLLATE "C",
  balance_low text COLLATE "C",
  balance_high text COLLATE "C",
  destination_rate_limit text COLLATE "C",
  max_call_duration bigint,                  -- seconds
  origination_capacity bigint,
  termination_capacity bigint,
  total_capacity bigint,
  product_id bigint,
  UNIQUE (customer_id, number)
);
CREATE INDEX accounts_number ON accounts (number);

CREATE TABLE services (
  id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  kind bigint NOT NULL DEFAULT 0,            -- as in cdrs
  flags text COLLATE "C"
);
INSERT INTO services (id, name, kind) VALUES (3, 'Voice Calls', 0), (4, 'Subscriptions', 3);

CREATE TABLE products (
  id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE destinations (
  id bigint PRIMARY KEY,
  prefix text COLLATE "C" NOT NULL,          -- digits
  country text COLLATE "C",
  iso3 text COLLATE "C",                     -- ISO 3166-1
  subdivision text COLLATE "C",
  description text COLLATE "C"
);
CREATE INDEX destinations_prefix ON destinations (prefix);

-- The present version of every record by its natural key: says whether a record is new, known or in conflict.
CREATE TABLE intake_keys (
  source_id bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  first_number bigint NOT NULL,
  account_id bigint NOT NULL,
  started_at timestamptz NOT NULL,
  sheet bigint NOT NULL,                     -- 0 calls, 1 conferences
  digest bytea NOT NULL,
  PRIMARY KEY (source_id, key)
);

CREATE TABLE quarantine (
  id bigint PRIMARY KEY,
  source_id bigint NOT NULL REFERENCES sources (id),
  feed text COLLATE "C" NOT NULL,
  customer text COLLATE "C",                 -- under whom the load was to make accounts
  reason text COLLATE "C" NOT NULL,
  detail text COLLATE "C" NOT NULL,
  position text COLLATE "C" NOT NULL,
  received_at timestamptz NOT NULL,
  raw bytea NOT NULL,
  digest bytea NOT NULL,                     -- of the record if it could be read, else of raw
  key text COLLATE "C",
  version json,
  known_number bigint,                       -- the version in the store it conflicts with; once accepted, the one it replaced
  known_digest bytea,
  resolution bigint NOT NULL,                -- 0 open, 1 accepted, 2 dropped
  resolved_at timestamptz,
  resolved_number bigint
);
CREATE INDEX quarantine_digest ON quarantine (source_id, digest);
CREATE INDEX quarantine_key ON quarantine (source_id, key) WHERE key IS NOT NULL;
CREATE INDEX quarantine_open ON quarantine (id) WHERE resolution = 0;

-- The records. Nothing changes in a row but replaced_by, which is written once. There is no key over the natural key:
-- intake_keys has that; and none that does not begin with the account, so that the table can be spread over machines.
CREATE TABLE cdrs (
  account_id bigint NOT NULL,                -- below 0: what is booked on a customer itself, its number with a minus
  started_at timestamptz NOT NULL,
  number bigint NOT NULL,                    -- the order of arrival
  id bigint NOT NULL,                        -- the number of the first version
  replaced_by bigint,
  source_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  service_id bigint NOT NULL,
  connected_at timestamptz,
  ended_at timestamptz,
  billed_at timestamptz NOT NULL,
  talk_us bigint,                            -- microseconds, and so is the next
  billed_us bigint,
  destination_id bigint,
  kind bigint NOT NULL DEFAULT 0,
    -- 0 call, 1 resale, 2 usage, 3 subscription, 4 fee, 5 charge for a number, 6 payment, 7 adjustment
  direction bigint NOT NULL,                 -- 0 unknown, 1 out, 2 in, 3 forwarded
  assumed bigint NOT NULL,                   -- bits
  release_cause bigint,
  release_code bigint,
  success boolean NOT NULL,
  last_attempt boolean NOT NULL,
  price numeric(19, 8),                      -- rounded down: to compare and to look at
  price_text text COLLATE "C",               -- the exact amount: to print and to add up
  calling text COLLATE "C",
  called text COLLATE "C",
  call_id text COLLATE "C",
  details jsonb NOT NULL,
  -- For people who query: the peer's address out of the details.
  peer_ip inet GENERATED ALWAYS AS ((details #>> '{sip,peer_ip}')::inet) STORED,
  PRIMARY KEY (account_id, started_at, number)
) PARTITION BY RANGE (started_at);

-- With Citus, calls lie with the others of their account, and keys by themselves: before there are partitions.
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
    -- What follows in this transaction is of the kind that Citus does not do beside something done by all machines at once.
    SET LOCAL citus.multi_shard_modify_mode TO 'sequential';
    PERFORM create_distributed_table('cdrs', 'account_id');
    PERFORM create_distributed_table('intake_keys', 'key', colocate_with => 'none');
  END IF;
END $$;

-- One statement at a time, as Citus wants it.
DO $$ BEGIN CREATE INDEX intake_keys_number ON intake_keys (number); END $$;
DO $$ BEGIN CREATE INDEX intake_keys_start ON intake_keys (started_at); END $$;
DO $$ BEGIN CREATE INDEX cdrs_start ON cdrs (started_at, number); END $$;
DO $$ BEGIN CREATE INDEX cdrs_number ON cdrs (number); END $$;
DO $$ BEGIN CREATE INDEX cdrs_end ON cdrs (ended_at, number) WHERE ended_at IS NOT NULL; END $$;
DO $$ BEGIN
  CREATE INDEX cdrs_customer_connect ON cdrs (customer_id, connected_at, number) WHERE connected_at IS NOT NULL;
END $$;
DO $$ BEGIN CREATE INDEX cdrs_customer_bill ON cdrs (customer_id, billed_at, number); END $$;
DO $$ BEGIN CREATE INDEX cdrs_did_charges ON cdrs (billed_at, number) WHERE kind = 5; END $$;

-- Partitions are made ahead and dropped by the program, which needs no other right to the table than to call these two.
CREATE FUNCTION tollbook_add_partition(name text, starts_at timestamptz, ends_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF name !~ '^cdrs_[0-9]{4}_[0-9]{2}(_[0-9]{2})?$' THEN
    RAISE EXCEPTION '% is no name of a partition', name;
  END IF;
  -- Made beside the table and then attached: whoever reads the table meanwhile is not in the way.
  EXECUTE format('CREATE TABLE %I (LIKE cdrs INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS)', name);
  EXECUTE format('ALTER TABLE cdrs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, starts_at, ends_at);
END $$;

CREATE FUNCTION tollbook_drop_partition(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF name !~ '^cdrs_[0-9]{4}_[0-9]{2}(_[0-9]{2})?$' THEN
    RAISE EXCEPTION '% is no name of a partition', name;
  END IF;
  EXECUTE format('DROP TABLE %I', name);
END $$;

-- They run with their owner's rights: in this schema only, and for nobody who was not let in.
DO $$
DECLARE
  signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['tollbook_add_partition(text, timestamptz, timestamptz)', 'tollbook_drop_partition(text)']
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  END LOOP;
END $$;

CREATE TABLE conferences (
  number bigint PRIMARY KEY,
  id bigint NOT NULL,
  replaced_by bigint,
  source_id bigint NOT NULL,
  uuid uuid,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  kind text COLLATE "C",
  cluster text COLLATE "C",
  owner text COLLATE "C",
  room text COLLATE "C",
  participants bigint,
  service_class text COLLATE "C",
  user_data_a text COLLATE "C",
  user_data_b text COLLATE "C",
  user_data_c text COLLATE "C",
  max_resources text COLLATE "C"
);
CREATE INDEX conferences_start ON conferences (started_at, number);
CREATE INDEX conferences_end ON conferences (ended_at, number) WHERE ended_at IS NOT NULL;

CREATE TABLE exports (
  number bigint PRIMARY KEY,                 -- the order of entry
  id uuid NOT NULL UNIQUE,
  dialect text COLLATE "C" NOT NULL,
  lane text COLLATE "C",
  caller text COLLATE "C" NOT NULL,
  request json NOT NULL,
  memo bytea NOT NULL,                       -- text of the dialect in UTF-8, which may hold a NUL
  created_at timestamptz NOT NULL,
  attempts bigint NOT NULL,
  state bigint NOT NULL,                     -- 0 pending, 1 running, 2 completed, 3 failed, 4 withdrawn
  token uuid,                                -- of the claim on a running one
  beats bigint NOT NULL,                     -- heartbeats of that claim
  progress json,                             -- of a running one
  tag bigint,                                -- seconds since 1970; this and the next two of a completed one
  file text COLLATE "C",
  receipt json,
  reason text COLLATE "C",                   -- of a failed one
  finished_at timestamptz,                   -- of a completed or failed one
  account_id bigint,                         -- whom it is of; null for nobody in particular
  customer_id bigint,                        -- who waits for it
  callback text COLLATE "C",                 -- who is told when it has ended
  callback_due timestamptz,                  -- when that is to be tried; null before the end, and when it is done
  callback_attempts bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL,
  rows bigint                                -- records, of one that was completed
);
-- At most one export of a lane is alive, whoever enters it. Those without a lane do not meet: null is equal to nothing.
CREATE UNIQUE INDEX exports_alive ON exports (lane) WHERE state IN (0, 1);
CREATE INDEX exports_state ON exports (state, number, customer_id);
CREATE INDEX exports_lane ON exports (lane, number) WHERE lane IS NOT NULL;
CREATE INDEX exports_account ON exports (account_id, number) WHERE account_id IS NOT NULL;
CREATE INDEX exports_callback ON exports (callback_due, number) WHERE callback_due IS NOT NULL;

-- The last tag given in each lane. It stays when the exports go, so that tags only ever rise.
CREATE TABLE lanes (
  name text COLLATE "C" PRIMARY KEY,
  last_tag bigint NOT NULL
);

CREATE TABLE operators (
  name text COLLATE "C" PRIMARY KEY,
  password text COLLATE "C" NOT NULL,        -- a PHC string
  roles text COLLATE "C" NOT NULL            -- names with commas between
);

CREATE TABLE logins (
  id bigint PRIMARY KEY,
  login text COLLATE "C" NOT NULL UNIQUE,
  password text COLLATE "C" NOT NULL,        -- a PHC string, or a bcrypt hash that was brought along
  customer_id bigint NOT NULL REFERENCES customers (id),
  accounts text COLLATE "C" NOT NULL,        -- numbers with commas between; none for all of the customer
  allowed_ips text COLLATE "C" NOT NULL,     -- networks with commas between
  allow_recordings boolean NOT NULL
);

CREATE TABLE secrets (
  name text COLLATE "C" PRIMARY KEY,
  secret bytea NOT NULL                      -- random bytes
);

-- Licences: what programs name in every request to be let in.
CREATE TABLE licences (
  id bigint PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  digest bytea NOT NULL UNIQUE,              -- HMAC-SHA-256 of the text, which is kept nowhere, under a secret of this store
  environment bigint                         -- whose customers it sees; null for those in `licence_customers`
);
CREATE TABLE licence_customers (
  licence_id bigint NOT NULL REFERENCES licences (id) ON DELETE CASCADE,
  customer_id bigint NOT NULL REFERENCES customers (id),
  PRIMARY KEY (licence_id, customer_id)
);
