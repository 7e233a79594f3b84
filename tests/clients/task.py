"""The task of a client, and the check of the file it downloads; the same as `task.mjs`."""

import csv
import gzip
import io
import json
import sys
import time

import requests

TASK = json.loads(sys.argv[1])
PATIENCE = 60


def sign_in():
    """Signs in, and returns the token."""
    auth = {"login": TASK["login"], "password": TASK["password"]}
    answer = requests.post(TASK["url"] + "/auth", json={"auth": auth}, timeout=PATIENCE)
    assert answer.status_code == 201, answer.text
    return answer.json()["jwt"]


def filters():
    return {"time_start_gteq": TASK["from"], "time_start_lt": TASK["until"]}


def settled(show, status):
    """Polls until the export is no longer pending, and returns it."""
    started = time.monotonic()
    while True:
        found = show()
        if status(found) != "Pending":
            return found
        assert time.monotonic() - started < PATIENCE, "the export stays pending"
        time.sleep(0.05)


def download(address, token):
    """Downloads the file of an export, and checks its content."""
    answer = requests.get(address + "/download", headers={"Authorization": token}, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8", answer.headers
    text = gzip.decompress(answer.content).decode("utf-8")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert ",".join(header) == TASK["header"], header
    assert len(rows) == TASK["rows"], len(rows)
    assert all(len(row) == len(header) for row in rows)
