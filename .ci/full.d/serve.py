"""Serves the pages in a folder (`page=N` is its N-th JSON file) on a loopback port, and prints the URL."""

import pathlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGES = sorted(path for path in pathlib.Path(sys.argv[1]).glob("*.json") if "manifest" not in path.name)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        page = int(parse_qs(urlsplit(self.path).query).get("page", ["0"])[0])
        found = 1 <= page <= len(PAGES) and self.headers["authorization"]
        body = PAGES[page - 1].read_bytes() if found else b"{}"
        self.send_response(200 if found else 404)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.send_header("set-cookie", "session=secret")
        self.send_header("x-ratelimit-remaining", "60")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
