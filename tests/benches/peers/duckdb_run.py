"""Runs statements in a DuckDB database.

Usage: duckdb_run.py FOLDER_OF_THE_PACKAGE DATABASE STATEMENTS
"""

import sys

folder, database, statements = sys.argv[1:]
sys.path.insert(0, folder)
import duckdb  # noqa: E402

with duckdb.connect(database) as connection:
    connection.execute(statements)
