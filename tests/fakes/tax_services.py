"""A tax service and a register of VAT ids, over real HTTP on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, bytes]


@dataclass
class Fake:
    """`answer` makes status and body of each question; `asked` is what was asked: (path, headers, body)."""

    url: str
    answer: Callable[[str, dict[str, Any]], Answer]
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)


@contextmanager
def running(answer: Callable[[str, dict[str, Any]], Answer]) -> Iterator[Fake]:
    """The fake, which answers until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append((self.path, dict(self.headers), body))
            status, content = fake.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = Fake(f"http://127.0.0.1:{server.server_port}", answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def flat(percent: int) -> Callable[[str, dict[str, Any]], Answer]:
    """A service that takes so much of everything, down to the cent."""

    def answer(_path: str, body: dict[str, Any]) -> Answer:
        lines = [
            {"taxes": [{"name": "Service tax", "rate": str(percent / 100), "amount": (line["goods"] * percent) // 100}]}
            for line in body["lines"]
        ]
        return 200, json.dumps({"lines": lines}).encode()

    return answer


def register(known: dict[str, bool]) -> Callable[[str, dict[str, Any]], Answer]:
    """VIES as it answers for these ids; for others the member state is away."""

    def answer(_path: str, body: dict[str, Any]) -> Answer:
        vat_id = body["countryCode"] + body["vatNumber"]
        if vat_id not in known:
            error = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}
            return 200, json.dumps(error).encode()
        said = {"countryCode": body["countryCode"], "valid": known[vat_id], "requestIdentifier": "WAPIAAAA1"}
        return 200, json.dumps(said).encode()

    return answer
