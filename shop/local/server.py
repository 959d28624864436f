"""What the embedded servers have in common: started or adopted, watched, stopped."""

import abc
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from shop.local import addresses, processes
from shop.local.ground import Ground, NoGround

_ATTEMPTS = 10  # when other programs are quicker to take the port that was free a moment ago


class Server(abc.ABC):
    """A server of one data folder. `durable=False` trades safety for speed: for tests, whose data nobody misses."""

    name: ClassVar[str]
    title: ClassVar[str]
    stop_signals: ClassVar[tuple[tuple[int, float], ...]]  # each with the seconds it is given

    def __init__(self, ground: Ground, *, durable: bool = True) -> None:
        self.ground = ground
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self.meanwhile: Callable[[], None] = lambda: None  # done while waiting for an answer
        self.pid = 0
        self._started: str | None = None

    @property
    def log(self) -> Path:
        return self.ground.data / "logs" / f"{self.name}.log"

    def start(self) -> str:
        """Start the server, or take over the one that an earlier run left; says which: "started" or "adopted".

        Raises NoGround with the end of its log when it does not come up.
        """
        if self._adopt():
            return "adopted"
        self._prepare()
        self.log.parent.mkdir(exist_ok=True)
        for _ in range(_ATTEMPTS):
            port = addresses.claim_port(self.ground.data, self.name)
            self.process = self._launch(port)
            self._know(self.process.pid)
            processes.remember(self.ground.records, self.name, self.pid)
            if self._comes_up():
                return "started"
            said = self.log.read_text(errors="replace").splitlines()[-10:]
            self.stop()
            if addresses.is_free(port):
                break
        raise NoGround("\n".join([f"{self.title} did not start:", *said]))

    def is_running(self) -> bool:
        if self.process is not None:
            return self.process.poll() is None
        return self._started is not None and processes.started_at(self.pid) == self._started

    def stop(self) -> None:
        """Ask it to write everything and end; less politely when that takes too long."""
        for number, seconds in self.stop_signals:
            if not self.is_running():
                break
            processes.send(self.pid, number)
            processes.wait_until(lambda: not self.is_running(), seconds=seconds)
        processes.forget(self.ground.records, self.name)

    def _adopt(self) -> bool:
        """Take over a server of this data that is running; one that is on its way down is waited for."""
        pid = self._survivor()
        if pid is None:
            return False
        self.process = None
        self._know(pid)
        if self._comes_up():
            return True
        if self.is_running():
            raise NoGround(f"{self.title} (process {pid}) runs but does not answer; see {self.log}.")
        return False

    def _know(self, pid: int) -> None:
        self.pid = pid
        self._started = processes.started_at(pid)

    def _comes_up(self) -> bool:
        """It answers within two minutes (after a crash it may have much to read again)."""
        processes.wait_until(lambda: self._answers() or not self.is_running(), seconds=120, meanwhile=self.meanwhile)
        return self.is_running() and self._answers()

    def _survivor(self) -> int | None:
        return processes.remembered(self.ground.records, self.name)

    @abc.abstractmethod
    def _prepare(self) -> None:
        """Make what a start needs."""

    @abc.abstractmethod
    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        """Start the process, its words in the log."""

    @abc.abstractmethod
    def _answers(self) -> bool:
        """It lets us in with our password, and it is the one we mean."""
