"""The whole shop as child processes of one command: servers, sandbox, web, worker, beat; all of them end with it."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import psycopg

from shop.local import addresses, demo, ground, processes, static
from shop.local.lock import Lock, Taken
from shop.local.log import Log
from shop.local.postgres import Postgres
from shop.local.revival import Revival
from shop.local.server import Server
from shop.local.valkey import Valkey

WEB_WORKERS = 2
WEB_THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)  # at most one connection each of its process's pool (8)
CHILDREN = {"web": 10, "worker": 15, "beat": 5, "sandbox": 5}  # in the order of stopping: seconds to end by themselves
SERVERS: dict[str, type[Server]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}  # unless these name others
COMMANDS = ("migrate", "collectstatic", "load_demo")  # of manage.py, before the shop opens


class Refused(Exception):
    """The shop cannot be started or go on; the text says why."""


class Ended(Exception):
    """Somebody asked the shop to stop."""


class Runner:
    def __init__(self, data: Path, port: int, log: Log) -> None:
        self.data = data
        self.port = port
        self.log = log
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.servers: list[Server] = []
        self.env: dict[str, str] = {}
        self.revival: Revival | None = None  # before the shop is open, a part that dies ends the start
        self._commands: dict[str, tuple[str, ...]] = {}
        self._signals: list[float] = []

    def run(self) -> int:
        """Start everything, watch over it until a signal comes, stop everything. The exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        addresses.set_up(self.data)
        lock = Lock(self.data / "run.lock")
        try:
            lock.take()
        except Taken as taken:
            self.log.say(
                f"The shop of this checkout is running already, at http://{addresses.HOST}:{taken.note.get('port')}/ "
                f"(process {taken.note.get('pid')}). Stop that one first (Ctrl-C in its terminal)."
            )
            return 1
        lock.write(pid=os.getpid(), port=self.port, stopping=False)
        try:
            self._start()
            self._watch()
        except Ended:
            code = 0
        except (Refused, ground.NoGround) as problem:
            self.log.drain()
            self.log.say(str(problem))
            code = 1
        finally:
            lock.write(pid=os.getpid(), port=self.port, stopping=True)
            self._stop()
        return code

    # --- Starting
    def _start(self) -> None:
        begun = time.monotonic()
        for name in (*COMMANDS, *CHILDREN):
            if processes.stop_leftovers(self.records, name):
                self.log.say(f"Ended what an earlier run had left of {name}.")
        if not addresses.is_free(self.port):
            raise Refused(
                f"Port {self.port} is in use by another program. Stop that one, or choose another port: "
                f"make run PORT={self.port + 1}"
            )
        addresses.keep_port(self.data, "web", self.port)
        self._start_servers()
        self._start_sandbox()
        self.env = environment(self.data)
        self._prepare_database()
        self._prepare_static_files()
        python = sys.executable
        web = f"granian --interface wsgi --host {addresses.HOST} --port {self.port} --no-ws"
        web += f" --workers {WEB_WORKERS} --blocking-threads {WEB_THREADS} shop.wsgi:application"
        self._spawn("web", python, "-m", *web.split())
        # Quiet, so that the log is the shop's: no banner, no word about running as root where everything does.
        celery = (python, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "shop")
        alone = ("--without-gossip", "--without-mingle")
        self._spawn("worker", *celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", *alone)
        timetable = str(self.data / "beat-schedule")
        self._spawn("beat", *celery, "beat", "--loglevel", "WARNING", "--pidfile", "", "--schedule", timetable)
        self._until(self._answers, seconds=120, what="The web server did not answer within two minutes.")
        self.revival = Revival()
        self._welcome(time.monotonic() - begun)

    def _start_servers(self) -> None:
        wanted: list[type[Server]] = []
        for variable, kind in SERVERS.items():
            if os.environ.get(variable):
                self.log.say(f"{kind.title}: the one that {variable} names.")
            else:
                wanted.append(kind)
        if not wanted:
            return
        here = ground.find(self.data)
        if here.folder.parent != self.data:
            self.log.say(f"The servers' user cannot reach this checkout; their data is in {here.folder}.")
        for server in (kind(here) for kind in wanted):
            self.log.say(f"{server.title} starts …")
            server.meanwhile = self._listen
            self.servers.append(server)
            if server.start() == "adopted":
                self.log.say(f"{server.title} was still running; taken over.")
            self._raise_if_ended()

    def _start_sandbox(self) -> None:
        if not addresses.wants_sandbox():
            self.log.say("Payments: Stripe, with the key in STRIPE_SECRET_KEY.")
            return
        port = addresses.claim_port(self.data, "sandbox")
        self.env = environment(self.data)
        command = ["-m", "checkout.payments.sandbox", "--port", str(port), "--data", str(self.data / "sandbox")]
        self._spawn("sandbox", sys.executable, *command)

    def _prepare_database(self) -> None:
        for alias in demo.databases(self.env):
            self.log.say("Migrations …" if alias == "default" else f"Migrations of {alias} …")
            self._manage("migrate", "--noinput", "--database", alias)
        if demo.is_wanted(self.data, self.env):
            self.log.say("The demo catalogue is loaded, this once …")
            self._manage("load_demo")
            demo.mark(self.data, self.env)

    def _prepare_static_files(self) -> None:
        if static.is_wanted(self.env):
            self.log.say("Static files, for this version …")
            self._manage("collectstatic", "--noinput", "--verbosity", "0")
            static.mark(self.env)

    def _manage(self, *command: str) -> None:
        """Run a command of manage.py to its end, its output in the log."""
        process = self._spawn(command[0], sys.executable, "manage.py", *command)
        try:
            while process.poll() is None:
                self._turn()
        finally:
            self._end(command[0], patience=5)
        if process.returncode:
            raise Refused(f"`manage.py {' '.join(command)}` failed (code {process.returncode}); its words are above.")

    def _spawn(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        process = processes.spawn(command, folder=addresses.CHECKOUT, env=self.env, output=subprocess.PIPE)
        self.children[name], self._commands[name] = process, command
        processes.remember(self.records, name, process.pid)
        if process.stdout:
            self.log.follow(name, process.stdout)
        return process

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(addresses.HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _welcome(self, seconds: float) -> None:
        lines = ["", f"The shop is open (after {seconds:.0f} s):  http://{addresses.HOST}:{self.port}/"]
        admin = f"http://{addresses.HOST}:{self.port}/admin/"
        lines.append(f"Merchant:   {admin}   {self.env['DEMO_MERCHANT_EMAIL']}   {self.env['DEMO_MERCHANT_PASSWORD']}")
        if addresses.wants_sandbox():
            lines.append("Test card:  4242 4242 4242 4242, any future date, any CVC")
        if self.env["EMAIL_URL"] == "filebased://":
            lines.append(f"E-mails:    {self.env['EMAIL_FILE_PATH']}")
        self.log.say("\n".join([*lines, "Ctrl-C stops everything; the data stays for the next time.", ""]))

    # --- Running
    def _watch(self) -> None:
        while True:
            self._turn()

    def _until(self, condition: Callable[[], bool], *, seconds: float, what: str) -> None:
        end = time.monotonic() + seconds
        while not condition():
            self._turn()
            if time.monotonic() > end:
                raise Refused(what)

    def _turn(self) -> None:
        """Print what was said, and look whether all is well; what has died is started again once the shop is open."""
        self.log.pump(0.2)
        self._raise_if_ended()
        for name, how in self._dead().items():
            if self.revival is None:
                raise Refused(f"{name} ended by itself{how}; the rest is stopped.")
            pause = self.revival.note(name)
            if pause is not None:
                when = f"in {pause:.0f} s" if pause else "now"
                self.log.say(f"{name} ended by itself{how}; it is started again {when}.")
            if self.revival.take(name):
                self._start_again(name)

    def _dead(self) -> dict[str, str]:
        """The parts that should run and do not, servers first, each with what is known about it."""
        found = {server.name: f", see {server.log}" for server in self.servers if not server.is_running()}
        for name in CHILDREN:
            process = self.children.get(name)
            if process is not None and process.poll() is not None:
                found[name] = f" (code {process.returncode})"
        return found

    def _start_again(self, name: str) -> None:
        server = next((one for one in self.servers if one.name == name), None)
        if server is None:
            self._end(name, patience=0)  # of a killed leader there may be children left
            self._spawn(name, *self._commands[name])
            return
        port = addresses.port(self.data, name)
        processes.wait_until(lambda: addresses.is_free(port), seconds=10, meanwhile=self._listen)
        try:
            server.start()
        except (ground.NoGround, psycopg.Error) as problem:
            self.log.say(str(problem))
            return  # it is dead still: the next turn waits longer
        if addresses.port(self.data, name) != port:
            raise Refused(f"Another program took {server.title}'s port {port}; the rest is stopped.")
        self.log.say(f"{server.title} is back.")

    def _listen(self) -> None:
        """While a server starts, the others go on talking."""
        self.log.pump(0)
        self._raise_if_ended()

    def _raise_if_ended(self) -> None:
        if self._signals or self.log.is_broken:
            raise Ended

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals.append(time.monotonic())

    # --- Stopping
    def _stop(self) -> None:
        if self.children or self.servers:
            self.log.say("Stopping …")
        for name, patience in CHILDREN.items():
            self._end(name, patience=patience)
        for server in reversed(self.servers):
            server.stop()
        self.log.drain()
        self.log.say("Stopped. Nothing is left running.")

    def _end(self, name: str, *, patience: float) -> None:
        """Ask a child to end; when it does not, or leaves children of its own behind, end the whole session."""
        process = self.children.pop(name, None)
        if process is None:
            return
        if process.poll() is None:
            processes.send(process.pid, signal.SIGTERM)
        end = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < end and not self._is_impatient():
            self.log.pump(0.05)
        processes.kill_session(process.pid)
        process.wait()
        processes.forget(self.records, name)

    def _is_impatient(self) -> bool:
        """Ctrl-C again, a while after the first (a terminal and make may both pass on the same one)."""
        return bool(self._signals) and self._signals[-1] - self._signals[0] > 1

    @property
    def records(self) -> Path:
        return self.data / "processes"


def environment(data: Path) -> dict[str, str]:
    """What the shop's processes see: the embedded default, overruled by what the surroundings say."""
    outside = {key: value for key, value in os.environ.items() if value}
    return addresses.environment(data) | {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "shop.settings"} | outside
