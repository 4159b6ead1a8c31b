"""Says which hosts answer a ping, and keeps a history beside itself."""

import os
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TARGETS = os.environ['TARGETS'].split(',')
HISTORY = Path.home() / '.cache' / 'monitor' / 'history.txt'


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        lines = []
        for target in TARGETS:
            result = subprocess.run(['ping', '-c', '1', '-W', '2', target], capture_output=True, text=True)
            lines.append(f'{target} {"up" if result.returncode == 0 else result.stderr}\n')
        with HISTORY.open('a') as history:
            history.writelines(lines)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(''.join(lines).encode())


HISTORY.parent.mkdir(parents=True, exist_ok=True)
ThreadingHTTPServer(('', 8000), Handler).serve_forever()
