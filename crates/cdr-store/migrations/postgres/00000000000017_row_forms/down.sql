DO $$ BEGIN ALTER TABLE intake_keys DROP COLUMN form; END $$;
