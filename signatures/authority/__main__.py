"""Serve the demonstration authority on the loopback address: ``python -m signatures.authority --folder F``."""

import argparse
import json
import os
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from signatures.asice.ocsp import REPLY as OCSP_REPLY
from signatures.asice.timestamps import REPLY as TIMESTAMP_REPLY
from signatures.authority.pki import Authority
from signatures.authority.process import ADDRESS_FILE
from signatures.errors import SignatureError

MAX_REQUEST_BYTES = 65_536


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        answers = {
            "/tsa": (self.server.authority.answer_timestamp, TIMESTAMP_REPLY),
            "/ocsp": (self.server.authority.answer_ocsp, OCSP_REPLY),
        }
        if self.path not in answers or length > MAX_REQUEST_BYTES:
            self.send_error(404 if self.path not in answers else 413)
            return
        answer, media_type = answers[self.path]
        try:
            self._send(answer(self.rfile.read(length), datetime.now(UTC)), media_type)
        except SignatureError:
            self.send_error(400)

    def log_message(self, *_: Any) -> None:
        """Log nothing: who asks about which certificate is nobody's business."""

    def _send(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.authority = Authority(folder, datetime.now(UTC), f"{self.url}/ocsp")


def main() -> None:
    """Serve until killed; the address stands in a file of the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    server = _Server(given.folder, given.port)
    part = given.folder / f"{ADDRESS_FILE}.new"
    part.write_text(json.dumps({"url": server.url, "pid": os.getpid()}))
    part.replace(given.folder / ADDRESS_FILE)
    server.serve_forever()


if __name__ == "__main__":
    main()
