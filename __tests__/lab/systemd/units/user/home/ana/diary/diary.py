"""Appends what is posted to a page of the diary, and shows the page."""

import http.server
import pathlib
import sys

pages = pathlib.Path(sys.argv[1])


class Diary(http.server.BaseHTTPRequestHandler):
    def page(self):
        return pages / pathlib.Path(self.path).name

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        pages.mkdir(exist_ok=True)
        self.page().write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(b"written\n")

    def do_GET(self):
        self.answer(self.page().read_bytes())


http.server.HTTPServer(("127.0.0.1", 8094), Diary).serve_forever()
