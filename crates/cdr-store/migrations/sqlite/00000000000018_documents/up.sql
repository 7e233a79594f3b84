-- The details of a call are a binary document, in which one member is found without reading the others. Existing
-- calls keep their JSON until `tollbook migrate` has rewritten it in short transactions; both forms are read meanwhile. This
-- transaction reads the calls several times: SQLite checks a table for each column that it gets, and the index of what the
-- legs of a call share is made again.

DROP INDEX cdrs_leg_group;
ALTER TABLE cdrs DROP COLUMN leg_group;
ALTER TABLE cdrs RENAME COLUMN details TO details_json; -- empty if there is a document
ALTER TABLE cdrs ADD COLUMN document BLOB;
ALTER TABLE cdrs ADD COLUMN stored_leg_group TEXT;      -- what the legs of a call share, if there is a document
ALTER TABLE cdrs ADD COLUMN details ANY GENERATED ALWAYS AS (coalesce(document, details_json)) VIRTUAL;
ALTER TABLE cdrs ADD COLUMN leg_group TEXT GENERATED ALWAYS AS (
  CASE WHEN document IS NULL
    THEN coalesce(nullif(details_json ->> '$.xdr.incoming_conf_id', ''), nullif(details_json ->> '$.xdr.conf_id', ''))
    ELSE stored_leg_group
  END
) VIRTUAL;
CREATE INDEX cdrs_leg_group ON cdrs (leg_group) WHERE leg_group IS NOT NULL;

-- The highest number of a call that may have JSON; newer ones are rewritten first.
INSERT INTO counters (name, last) SELECT 'details', number FROM cdrs ORDER BY number DESC LIMIT 1;
