ALTER TABLE intake_keys DROP COLUMN form;
