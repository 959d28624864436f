"""Only one at a time: a lock on a data folder, which the system lets go of when its holder ends, however it ends."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any


class Taken(Exception):
    """Somebody else holds the lock; `note` is what they wrote into it."""

    def __init__(self, note: dict[str, Any]) -> None:
        super().__init__("the lock is taken")
        self.note = note


class Lock:
    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)

    def take(self, *, patience: float = 30) -> None:
        """Take the lock, or raise Taken. A holder that is on its way out is waited for."""
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                note = self._note()
                if not note.get("stopping") or time.monotonic() > end:
                    raise Taken(note) from None
                time.sleep(0.1)
            else:
                return

    def wait(self) -> None:
        """Take the lock, however long that takes."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def write(self, **note: object) -> None:
        """Tell those who find the lock taken about its holder."""
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps(note).encode(), 0)

    def release(self) -> None:
        os.close(self._file)

    def _note(self) -> dict[str, Any]:
        try:
            note: dict[str, Any] = json.loads(os.pread(self._file, 4096, 0))
        except ValueError:
            return {}
        return note
