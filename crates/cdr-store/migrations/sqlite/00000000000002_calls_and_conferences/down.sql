DROP TABLE conferences;
DROP TABLE cdrs;
