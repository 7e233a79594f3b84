ALTER TABLE loads DROP COLUMN kind;
ALTER TABLE quarantine DROP COLUMN context_id;
DROP TABLE kept_lines;
DROP TABLE line_contexts;
