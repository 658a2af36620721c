"""A stand-in for the model and dataset hub on this machine's loopback, standard library only: lets the tests run the real
loading code of `datasets` and `huggingface_hub` without a network.

    python scripts/loopback_hub.py FOLDER [PORT]      # prints its address, for HF_ENDPOINT

FOLDER/models/<owner>/<name>/... and FOLDER/datasets/<owner>/<name>/... are served. A client needs HF_ENDPOINT, a fresh HF_HOME
and HF_HUB_DISABLE_XET=1 in its environment before its first import.
"""

import hashlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

REVISION = "5" * 40  # the one commit of every repository


class Hub(BaseHTTPRequestHandler):
    "Answers the few requests that looking at and downloading a repository makes."

    protocol_version = "HTTP/1.1"
    folder = Path(".")

    def log_message(self, *args):
        pass

    def reply(self, status: int, body, headers: dict | None = None) -> None:
        "JSON, or bytes as they are."
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def missing(self, code: str) -> None:
        self.reply(404, {"error": code}, {"X-Error-Code": code, "X-Error-Message": code})

    def entry(self, path: Path, repository: Path) -> dict:
        "One row of a file listing."
        name = path.relative_to(repository).as_posix()
        if path.is_dir():
            return {"type": "directory", "oid": REVISION, "size": 0, "path": name}
        return {
            "type": "file",
            "oid": hashlib.sha256(path.read_bytes()).hexdigest()[:40],
            "size": path.stat().st_size,
            "path": name,
        }

    def api(self, kind: str, owner: str, name: str, rest: list[str], query: dict) -> None:
        "/api/<kind>/<owner>/<name>/..."
        repository = self.folder / kind / owner / name
        if not repository.is_dir():
            return self.missing("RepoNotFound")
        files = sorted(p for p in repository.rglob("*") if p.is_file())
        if not rest or rest[0] == "revision":
            return self.reply(
                200,
                {
                    "_id": REVISION[:24],
                    "id": f"{owner}/{name}",
                    "modelId": f"{owner}/{name}",
                    "sha": REVISION,
                    "private": False,
                    "disabled": False,
                    "gated": False,
                    "tags": [],
                    "downloads": 0,
                    "likes": 0,
                    "siblings": [{"rfilename": p.relative_to(repository).as_posix()} for p in files],
                },
            )
        if rest[0] == "tree":
            below = repository.joinpath(*rest[2:])
            if not below.is_dir():
                return self.missing("EntryNotFound")
            found = (
                below.rglob("*")
                if query.get("recursive", ["false"])[0].lower() == "true"
                else below.iterdir()
            )
            return self.reply(200, [self.entry(p, repository) for p in sorted(found)])
        if rest[0] == "paths-info":
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = json.loads(raw)["paths"] if raw[:1] == b"{" else parse_qs(raw.decode()).get("paths", [])
            return self.reply(
                200, [self.entry(repository / p, repository) for p in asked if (repository / p).exists()]
            )
        self.missing("EntryNotFound")

    def resolve(self, kind: str, owner: str, name: str, path: list[str]) -> None:
        "The bytes of one file, in whole or in part."
        file = (self.folder / kind / owner / name).joinpath(*path).resolve()
        if not file.is_file() or self.folder.resolve() not in file.parents:
            return self.missing("EntryNotFound")
        raw, asked = file.read_bytes(), self.headers.get("Range", "")
        headers = {
            "ETag": f'"{hashlib.sha256(raw).hexdigest()}"',
            "X-Repo-Commit": REVISION,
            "Accept-Ranges": "bytes",
        }
        if not asked.startswith("bytes=") or self.command == "HEAD":
            return self.reply(200, raw, headers)
        first, last = asked.removeprefix("bytes=").split("-")
        start, stop = int(first), min(int(last) + 1 if last else len(raw), len(raw))
        self.reply(206, raw[start:stop], headers | {"Content-Range": f"bytes {start}-{stop - 1}/{len(raw)}"})

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        bits = unquote(url.path).strip("/").split("/")
        self.server.requests.append(f"{self.command} {url.path}")
        if bits[0] == "api" and len(bits) >= 4 and bits[1] in ("models", "datasets"):
            return self.api(*bits[1:4], bits[4:], parse_qs(url.query))
        kind, repository = ("datasets", bits[1:]) if bits[0] == "datasets" else ("models", bits)
        if len(repository) >= 5 and repository[2] == "resolve":
            return self.resolve(kind, *repository[:2], repository[4:])
        self.missing("EntryNotFound")

    do_HEAD = do_POST = do_GET


def serve(folder: str | Path, port: int = 0) -> ThreadingHTTPServer:
    """Serves `folder` from a daemon thread; `.url` is what HF_ENDPOINT wants, `.requests` what was asked,
    `.shutdown()` ends it.
    """
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Served", (Hub,), {"folder": Path(folder)}))
    server.daemon_threads, server.requests, server.url = (
        True,
        [],
        f"http://127.0.0.1:{server.server_address[1]}",
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    print(serve(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0).url, flush=True)
    threading.Event().wait()
