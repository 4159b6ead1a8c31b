"""Says what a store answers, and what another host answers: /store, /fetch?URL."""

import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.parse import unquote
from urllib.request import urlopen


def ask_store():
    host, port = os.environ["STORE"].split(":")
    with socket.create_connection((host, int(port)), 5) as store:
        store.sendall(b"PING\r\n")
        return store.recv(64).decode().strip()


def fetch(url):
    try:
        with urlopen(url, timeout=5) as answer:
            return f"{answer.status} {answer.read().decode().strip()}"
    except HTTPError as error:
        return f"{error.code} {error.reason}"
    except URLError as error:
        return f"failed: {error.reason}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        said = fetch(unquote(query)) if path == "/fetch" else ask_store()
        body = f"{said}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("", 8000), Handler).serve_forever()
