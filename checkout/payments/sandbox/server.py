"""The sandbox as a server: in a thread for tests, in the foreground for ``python -m``."""

import socket
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from checkout.payments.sandbox.app import App
from checkout.payments.sandbox.box import Box, Settings
from checkout.payments.sandbox.store import Store
from checkout.payments.sandbox.webhooks import Sender

FILE = "payment-sandbox.sqlite3"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        # The base class asks the name service who we are, which may take seconds on a machine without one.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up, and those we hang up on, are nothing to write home about."""


class _Handler(WSGIRequestHandler):
    timeout = 30

    def get_environ(self) -> dict[str, Any]:
        environ = super().get_environ()
        environ["sandbox.cut"] = self._cut
        return environ

    def _cut(self) -> None:
        """End the connection before a byte of an answer is out."""
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the shop's log is the one to read."""


class Sandbox:
    """A running sandbox. ``data``: a directory, or ``:memory:``; ``port`` 0 takes a free one."""

    def __init__(self, settings: Settings, *, data: str = ":memory:", host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = _Server((host, port), _Handler)  # first: a taken port fails before a file is touched
        if data != ":memory:":
            Path(data).mkdir(parents=True, exist_ok=True)
            data = str(Path(data) / FILE)
        self.box = Box(settings, Store(data))
        self.sender = Sender(self.box)
        self.app = App(self.box, self.sender)
        self._server.set_app(self.app)
        self.url = f"http://{host}:{self._server.server_port}"

    def start(self) -> "Sandbox":
        """Serve from a thread."""
        self.sender.start()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True).start()
        return self

    def serve(self) -> None:
        """Serve until interrupted."""
        self.sender.start()
        try:
            self._server.serve_forever()
        finally:
            self._close()

    def stop(self) -> None:
        """End what ``start`` began."""
        self._server.shutdown()
        self._close()

    def _close(self) -> None:
        self._server.server_close()
        self.sender.stop()
        self.box.store.close()
