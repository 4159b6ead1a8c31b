"""Greets, with what it holds in memory, by workers that wait from the start."""
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

CACHE = bytearray(os.urandom(1024)) * (64 * 1024)
WORDS = open("/app/words.txt").read()


class Greeter(BaseHTTPRequestHandler):
    def do_GET(self):
        body = WORDS.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def main():
    ready = threading.Barrier(9)
    workers = ThreadPoolExecutor(8)
    for _ in range(8):
        workers.submit(ready.wait)
    ready.wait()
    with open("/state/started", "a") as journal:
        journal.write(f"{len(CACHE)}\n")
    HTTPServer((os.environ["HOST"], 8080), Greeter).serve_forever()


main()
