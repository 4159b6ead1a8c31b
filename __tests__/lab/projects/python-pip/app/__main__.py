import json
import os
import sqlite3
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template

from textkit import keywords

PAGE = Template((Path(__file__).parent / "templates" / "index.html").read_text())
STATE = Path(os.environ.get("STATE_DIR", "/code/data"))
STATE.mkdir(exist_ok=True)
DATABASE = STATE / "words.sqlite"

with sqlite3.connect(DATABASE) as db:
    db.execute("create table if not exists words (word text primary key)")


class Handler(BaseHTTPRequestHandler):
    def reply(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with sqlite3.connect(DATABASE) as db:
            db.executemany("insert or ignore into words values (?)", [(word,) for word in keywords(text)])
        self.reply(200, "application/json", json.dumps(keywords(text)))

    def do_GET(self):
        if self.path != "/":
            return self.reply(404, "text/plain", "not found")
        with sqlite3.connect(DATABASE) as db:
            words = [row[0] for row in db.execute("select word from words order by word")]
        self.reply(200, "text/html", PAGE.substitute(words=", ".join(words)))


ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
