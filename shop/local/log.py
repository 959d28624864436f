"""One readable log of several processes: every line with its time and the name of who said it."""

import os
import selectors
import sys
import time
from datetime import UTC, datetime
from typing import IO, TextIO

from honcho.colour import get_colours
from honcho.printer import Message, Printer

_LONGEST_LINE = 64 * 1024


class Log:
    """Prints our own lines and those of the pipes it follows. `is_broken` once nobody reads the output any more."""

    def __init__(self, output: TextIO | None = None) -> None:
        self.is_broken = False
        self._printer = Printer(output or sys.stdout, width=10, colour="NO_COLOR" not in os.environ)
        self._selector = selectors.DefaultSelector()
        self._unfinished: dict[int, bytes] = {}
        self._colours: dict[str, str] = {}
        self._palette = get_colours()

    def say(self, text: str, name: str = "shop") -> None:
        if self.is_broken:
            return
        colour = self._colours.setdefault(name, "") if name == "shop" else self._colour(name)
        now = datetime.fromtimestamp(time.time(), UTC).astimezone()
        try:
            for line in text.splitlines() or [""]:
                self._printer.write(Message("line", line or " ", now, name, colour))
        except OSError:
            self.is_broken = True

    def follow(self, name: str, pipe: IO[bytes]) -> None:
        """Print what arrives in this pipe under this name until its end."""
        os.set_blocking(pipe.fileno(), False)
        self._selector.register(pipe, selectors.EVENT_READ, name)

    def pump(self, seconds: float) -> None:
        """Print what has arrived; wait at most so long for something."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            self._read(key.fileobj, key.data)  # type: ignore[arg-type]  # what follow() registered

    def drain(self) -> None:
        """Print all that is there already."""
        while ready := self._selector.select(0):
            for key, _ in ready:
                self._read(key.fileobj, key.data)  # type: ignore[arg-type]  # what follow() registered

    def _read(self, pipe: IO[bytes], name: str) -> None:
        number = pipe.fileno()
        data = os.read(number, _LONGEST_LINE)
        if data:
            *lines, rest = (self._unfinished.pop(number, b"") + data).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            self._unfinished[number] = rest
        else:
            lines = [rest] if (rest := self._unfinished.pop(number, b"")) else []
            self._selector.unregister(pipe)
            pipe.close()
        for line in lines:
            self.say(line.decode("utf-8", "replace"), name)

    def _colour(self, name: str) -> str:
        if name not in self._colours:
            self._colours[name] = next(self._palette)
        return self._colours[name]
