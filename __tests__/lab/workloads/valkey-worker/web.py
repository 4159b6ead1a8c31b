from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from store import ask


class Handler(BaseHTTPRequestHandler):
    def answer(self, text):
        body = (text + '\n').encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer('\n'.join(ask('LRANGE', 'done', '0', '-1')))

    def do_POST(self):
        task = self.path.rsplit('/', 1)[1]
        ask('LPUSH', 'tasks', task)
        self.answer('queued ' + task)


ThreadingHTTPServer(('0.0.0.0', 8000), Handler).serve_forever()
