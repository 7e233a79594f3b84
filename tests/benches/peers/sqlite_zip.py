"""Writes the result of a query of an SQLite database to standard output: a CSV file in a ZIP archive.

Usage: sqlite_zip.py DATABASE QUERY
"""

import csv
import io
import sqlite3
import sys
import zipfile


class Output:
    """Standard output, which may be a pipe."""

    write = sys.stdout.buffer.write
    flush = sys.stdout.buffer.flush


database, query = sys.argv[1:]
with zipfile.ZipFile(Output(), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
    with archive.open("calls.csv", "w", force_zip64=True) as member:
        with io.TextIOWrapper(member, encoding="utf-8", newline="") as text:
            rows = sqlite3.connect(database).execute(query)
            csv.writer(text, lineterminator="\n").writerows(rows)
