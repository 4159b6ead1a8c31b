"""Takes files, counts them in a database, and keeps both on a volume."""

import os
import shutil
import sqlite3
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Pool
from pathlib import Path

UPLOADS = Path(os.environ.get('UPLOADS', '/data/uploads'))
DATABASE = UPLOADS.parent / 'uploads.db'


def lines_of(path):
    return sum(1 for _ in open(path, 'rb'))


class Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        name = Path(self.path).name
        with tempfile.NamedTemporaryFile(delete=False) as scratch:
            scratch.write(self.rfile.read(int(self.headers['Content-Length'])))
        lines = workers.map(lines_of, [scratch.name])[0]
        shutil.move(scratch.name, UPLOADS / name)
        with sqlite3.connect(DATABASE) as database:
            database.execute('INSERT INTO upload VALUES (?, ?)', (name, lines))
        self.answer(201, f'{name} has {lines} lines\n')

    def do_GET(self):
        with sqlite3.connect(DATABASE) as database:
            count, lines = database.execute('SELECT count(*), total(lines) FROM upload').fetchone()
        self.answer(200, f'{count} files, {int(lines)} lines\n')

    def answer(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == '__main__':
    UPLOADS.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(DATABASE) as database:
        database.execute('CREATE TABLE IF NOT EXISTS upload (name TEXT, lines INTEGER)')
    # Its locks are semaphores in shared memory.
    workers = Pool(2)
    ThreadingHTTPServer(('', 8000), Handler).serve_forever()
