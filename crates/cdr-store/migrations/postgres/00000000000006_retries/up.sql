-- When an export that could not be written for a passing reason is tried again, and how often that has happened.

ALTER TABLE exports ADD COLUMN not_before timestamptz; -- of a pending one that waits; null for one that can begin
ALTER TABLE exports ADD COLUMN postponed bigint NOT NULL DEFAULT 0;
-- Workers look for what they can begin all the time; this is all they need to see.
DROP INDEX exports_state;
CREATE INDEX exports_state ON exports (state, number, customer_id, request_version, not_before);
