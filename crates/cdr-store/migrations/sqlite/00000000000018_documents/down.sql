DROP INDEX cdrs_leg_group;
ALTER TABLE cdrs DROP COLUMN leg_group;
UPDATE cdrs SET details_json = tollbook_details_json(document) WHERE document IS NOT NULL;
ALTER TABLE cdrs DROP COLUMN details;
ALTER TABLE cdrs DROP COLUMN document;
ALTER TABLE cdrs DROP COLUMN stored_leg_group;
ALTER TABLE cdrs RENAME COLUMN details_json TO details;
ALTER TABLE cdrs ADD COLUMN leg_group TEXT GENERATED ALWAYS AS (
  coalesce(nullif(details ->> '$.xdr.incoming_conf_id', ''), nullif(details ->> '$.xdr.conf_id', ''))
) VIRTUAL;
CREATE INDEX cdrs_leg_group ON cdrs (leg_group) WHERE leg_group IS NOT NULL;
DELETE FROM counters WHERE name = 'details';
