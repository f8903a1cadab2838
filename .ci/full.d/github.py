"""A GitHub API on loopback with what a tracking issue needs: labels, and issues that are listed, opened and changed."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Api:
    def __init__(self, token):
        self.token, self.issues, self.labels, self.requests, self.status = token, [], [], [], None
        api = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                status, answer = api.answer(self.command, self.path, body, self.headers)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                if status in (301, 302):
                    self.send_header("Location", f"{api.url}/elsewhere")
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, target, body, headers):
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        self.requests.append((method, path))
        if headers["Authorization"] != f"Bearer {self.token}":
            return 401, {}
        if self.status:
            return self.status, {}
        if (method, path) == ("POST", "/repos/acme/api/labels"):
            known = body["name"] in self.labels
            self.labels += [] if known else [body["name"]]
            return (422 if known else 201), {}
        if (method, path) == ("POST", "/repos/acme/api/issues"):
            assert set(body["labels"]) <= set(self.labels), "a label that is not there"
            return 201, self.add(body["title"], body["body"], body["labels"])
        if (method, path) == ("GET", "/repos/acme/api/issues"):
            assert query["state"] == ["open"] and query["direction"] == ["asc"]
            size, page = int(query["per_page"][0]), int(query["page"][0])
            listed = [one for one in self.issues if one["state"] == "open" and query["labels"][0] in one["labels"]]
            return 200, listed[(page - 1) * size : page * size]
        found = re.fullmatch(r"/repos/acme/api/issues/([0-9]+)", path)
        if method == "PATCH" and found:
            one = self.issues[int(found.group(1)) - 1]
            one.update(body)
            return 200, one
        return 404, {}

    def add(self, title, body, labels):
        one = {"number": len(self.issues) + 1, "state": "open", "title": title, "body": body, "labels": labels}
        self.issues.append(one)
        return one
