-- The form of a row, of a switch that can write the same call with more or fewer columns: the highest byte has
-- their number, times two, plus one if one of them is a call ID; the others have the first 56 bits of the digest of the
-- columns that all forms have.
DO $$ BEGIN ALTER TABLE intake_keys ADD COLUMN form bigint; END $$;
