"""Prints the median time of a query of an SQLite database, in milliseconds, over a connection that is open.

Usage: sqlite_query.py DATABASE TIMES QUERY
"""

import sqlite3
import statistics
import sys
import time

database, times, query = sys.argv[1:]
connection = sqlite3.connect(database)
taken = []
for _ in range(int(times)):
    started = time.perf_counter()
    connection.execute(query).fetchall()
    taken.append(time.perf_counter() - started)
print(statistics.median(taken) * 1000)
