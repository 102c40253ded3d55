"""A stand-in of the HuggingFace Hub on this machine: the endpoints that uploading and downloading a repository use.

It keeps repositories in memory, answers every file as a regular one (no LFS, no Xet) and remembers what was asked.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "c" * 40


class Hub(ThreadingHTTPServer):
    """Repositories by id, each a dict of files; `asked` is every request as method and path."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.private: dict[str, bool] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def log_message(self, *_):
        pass

    def do_POST(self):
        path, body = self._asked(), self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Authorization") != "Bearer hf_right":
            return self._json({"error": "Invalid username or password."}, status=401)
        if path == "/api/repos/create":
            wanted = json.loads(body)
            name = f"{wanted.get('organization') or 'me'}/{wanted['name']}"
            self.server.repositories.setdefault(name, {})
            self.server.private[name] = wanted.get("private") or wanted.get("visibility") == "private"
            return self._json({"url": f"{self.server.url}/{name}", "name": name, "id": name})
        if path == "/api/validate-yaml":
            return self._json({"warnings": [], "errors": []})
        if "/preupload/" in path:
            files = json.loads(body)["files"]
            return self._json({"files": [{**one, "uploadMode": "regular", "shouldIgnore": False} for one in files]})
        if "/commit/" in path:
            name = "/".join(path.split("/")[3:5])
            for line in filter(None, body.splitlines()):
                one = json.loads(line)
                if one["key"] == "file":
                    self.server.repositories[name][one["value"]["path"]] = base64.b64decode(one["value"]["content"])
            return self._json({"commitUrl": f"{self.server.url}/{name}/commit/{COMMIT}", "commitOid": COMMIT})
        return self._json({"error": f"no such endpoint: {path}"}, status=404)

    def do_HEAD(self):
        self._get(with_body=False)

    def do_GET(self):
        self._get(with_body=True)

    def _get(self, *, with_body: bool):
        parts = self._asked().strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            name, rest = "/".join(parts[2:4]), parts[4:]
            files = self.server.repositories.get(name, {})
            if rest[:1] == ["tree"] and len(rest) == 2:
                return self._json([{"type": "file", "path": one, "size": len(files[one]), "oid": ""} for one in files])
            if rest[:1] == ["tree"]:
                return self._send(b"", {"X-Error-Code": "EntryNotFound"}, status=404)
            if name in self.server.repositories:
                siblings = [{"rfilename": path} for path in files]
                return self._json({"id": name, "modelId": name, "sha": COMMIT, "siblings": siblings, "tags": []})
        if len(parts) > 4 and parts[2] == "resolve":
            text = self.server.repositories.get("/".join(parts[:2]), {}).get("/".join(parts[4:]))
            if text is not None:
                headers = {"ETag": f'"{_hash(text)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
                return self._send(text, headers, with_body=with_body)
            if "/".join(parts[:2]) in self.server.repositories:
                return self._send(b"", {"X-Error-Code": "EntryNotFound"}, status=404)
        return self._send(b"", {"X-Error-Code": "RepoNotFound"}, status=404)

    def _asked(self) -> str:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append(f"{self.command} {path}")
        return path

    def _json(self, value, *, status: int = 200):
        self._send(json.dumps(value).encode(), {"Content-Type": "application/json"}, status=status)

    def _send(self, text: bytes, headers: dict[str, str], *, status: int = 200, with_body: bool = True):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(text)


def _hash(text: bytes) -> str:
    return hashlib.sha1(text).hexdigest()


@contextmanager
def running() -> Iterator[Hub]:
    """A Hub that answers until the block ends."""
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        thread.join()
        hub.server_close()
