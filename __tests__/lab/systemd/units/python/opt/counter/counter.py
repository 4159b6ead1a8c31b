"""Counts visits by name in a database, and makes a temporary file for each report."""

import argparse
import http.server
import sqlite3
import tempfile

arguments = argparse.ArgumentParser()
arguments.add_argument("--database", required=True)
arguments.add_argument("--port", type=int, default=8092)
options = arguments.parse_args()


def connect():
    database = sqlite3.connect(options.database)
    database.execute("create table if not exists visits (name text primary key, times integer)")
    return database


class Counter(http.server.BaseHTTPRequestHandler):
    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def do_PUT(self):
        with connect() as database:
            database.execute("insert into visits values (?, 1) on conflict do nothing", [self.path])
        self.answer("counted\n")

    def do_GET(self):
        with connect() as database, tempfile.TemporaryFile("w+") as report:
            for name, times in database.execute("select name, times from visits order by name"):
                report.write(f"{name} {times}\n")
            report.seek(0)
            self.answer(report.read())


http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Counter).serve_forever()
