"""Keeps its pages in a folder whose name stands nowhere."""
import os
import sys
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

folder = os.path.join(os.sep, *"yraid/bil/rav"[::-1].split("/"))
if "--prepare" in sys.argv:
    os.makedirs(folder, mode=0o777)
    os.chmod(folder, 0o777)
else:
    with open(os.path.join(folder, "index.html"), "w") as page:
        page.write("<p>a page</p>\n")
    HTTPServer(("0.0.0.0", 8000), partial(SimpleHTTPRequestHandler, directory=folder)).serve_forever()
