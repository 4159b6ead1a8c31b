"""Keeps its notes in a folder whose name stands nowhere."""
import os
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

folder = os.path.join(os.sep, *"selbbircs/bil/rav"[::-1].split("/"))
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "index.html"), "w") as page:
    page.write("<p>a note</p>\n")
HTTPServer(("0.0.0.0", 8000), partial(SimpleHTTPRequestHandler, directory=folder)).serve_forever()
