"""A tiny checkout in a temporary folder: the real shop/local, around a web application of five lines."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[3]

FILES = {
    "shop/__init__.py": "",
    "shop/settings.py": "",
    "shop/wsgi.py": """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"open"]
""",
    "shop/celery.py": """
import os
from celery import Celery
app = Celery("shop", broker=os.environ["REDIS_URL"])
app.conf.worker_redirect_stdouts = False
""",
    "checkout/__init__.py": "",
    "checkout/payments/__init__.py": "",
    "checkout/payments/sandbox/__init__.py": "",
    "checkout/payments/sandbox/__main__.py": """
import signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])  # to be cleaned up as well
print("sandbox", *sys.argv[1:], flush=True)
signal.pause()
""",
    "manage.py": """
import os, sys, psycopg
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    if sys.argv[1] == "migrate":
        connection.execute("CREATE TABLE IF NOT EXISTS catalog_product (id int)")
    elif sys.argv[1] == "load_demo":
        connection.execute("INSERT INTO catalog_product VALUES (1)")
print("did", *sys.argv[1:])
""",
}


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Checkout:
    """A checkout whose `make run` can be started, watched and ended."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.data = folder / ".data"
        self.runs: list[subprocess.Popen[bytes]] = []
        for name, text in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        shutil.copytree(
            REAL / "shop" / "local", folder / "shop" / "local", ignore=shutil.ignore_patterns("__pycache__")
        )

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
        return kept | {"PORT": str(self.port)} | more

    def run(self, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
        """Start `python -m shop.local …`, its words in log.txt."""
        with open(self.folder / "log.txt", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "shop.local", *arguments],
                cwd=self.folder,
                env=self.environment(**env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.runs.append(process)
        return process

    def open(self, **env: str) -> subprocess.Popen[bytes]:
        """`make run`, until the shop says that it is open."""
        times = self.log().count("Ctrl-C stops everything")
        process = self.run("run", **env)
        self.wait(lambda: self.log().count("Ctrl-C stops everything") > times or process.poll() is not None)
        assert process.poll() is None, self.log()
        return process

    def log(self) -> str:
        path = self.folder / "log.txt"
        return path.read_text() if path.exists() else ""

    def processes(self) -> list[str]:
        """The command lines of everything that runs in this checkout or on its data."""
        return [command for _, command in self.found()]

    def found(self) -> list[tuple[int, str]]:
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                here = os.readlink(entry / "cwd")
            except OSError:
                continue
            if command and (here.startswith(str(self.folder)) or str(self.folder) in command):
                found.append((int(entry.name), command))
        return found

    def wait(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{self.log()}\n{self.processes()}"
            time.sleep(0.05)


@pytest.fixture
def checkout(free_port: int) -> Iterator[Checkout]:
    with tempfile.TemporaryDirectory(prefix="holdfast-") as name:
        Path(name).chmod(0o755)  # as a checkout is, unlike pytest's own folders: the servers' user must get through
        made = Checkout(Path(name), free_port)
        yield made
        for process in made.runs:
            if process.poll() is None:
                process.terminate()
            process.wait(60)
        for pid, _ in made.found():
            os.kill(pid, signal.SIGKILL)
