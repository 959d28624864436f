"""Child processes that cannot be forgotten: started in sessions of their own, remembered on disk, stopped to the last.

A process is identified by its number and the moment it started, so that a number which the system has given to
another program since is never taken for ours.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from shop.local import addresses

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The system user a server runs as when the runner is root; None in both means: as ourselves."""

    user: int | None = None
    group: int | None = None


OURSELVES = Account()


def die_with_parent(death_signal: int) -> None:
    """Ask the kernel to send this process a signal when the one that started it ends, however it ends (Linux only)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal)


def spawn(
    command: Sequence[str | Path],
    *,
    folder: Path,
    env: Mapping[str, str],
    output: int | IO[bytes],
    death_signal: int = signal.SIGTERM,
    account: Account = OURSELVES,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own; it gets `death_signal` should the runner be killed.

    Must be called from the main thread of a process without other threads: code runs between fork and exec.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=account.user,
        group=account.group,
        extra_groups=None if account.user is None else [],
        preexec_fn=lambda: die_with_parent(death_signal),
    )


def started_at(pid: int) -> str | None:
    """When the process started, as an opaque text; None when there is no such process (or only its remains)."""
    if sys.platform != "linux":
        found = subprocess.run(
            ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return found.stdout.strip() or None
    fields = _stat(pid)
    if fields is None:
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[19]}"


def session_of(leader: int) -> list[int]:
    """The living processes of the session that `leader` led, also when the leader itself is gone (Linux only)."""
    if sys.platform != "linux":
        return [leader] if started_at(leader) else []
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in numbers if (fields := _stat(pid)) is not None and int(fields[3]) == leader]


def working_in(folder: Path) -> list[int]:
    """The living processes whose working directory is `folder`, whoever started them (Linux only)."""
    if sys.platform != "linux":
        return []
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and os.readlink(entry / "cwd") == str(folder) and _stat(int(entry.name)):
                found.append(int(entry.name))
    return found


def _stat(pid: int) -> list[str] | None:
    """/proc/<pid>/stat after the name: state, ppid, pgrp, session, … (19 is the start time)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields


# --- What was started here earlier
def remember(folder: Path, name: str, pid: int) -> None:
    """Write down a process that was started, so that a later run can find it."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / f"{name}.json"
    new = record.with_suffix(".new")
    new.write_text(json.dumps({"pid": pid, "started": started_at(pid), "folder": str(folder)}))
    new.replace(record)


def forget(folder: Path, name: str) -> None:
    (folder / f"{name}.json").unlink(missing_ok=True)


def remembered(folder: Path, name: str) -> int | None:
    """The number of the process written down under this name if that very process is still alive."""
    pid, started = _record(folder, name)
    return pid if started is not None and started_at(pid) == started else None


def leftovers(folder: Path, name: str) -> list[int]:
    """What is left of a session written down earlier; never the processes of a program that got its number since."""
    leader, started = _record(folder, name)
    if started is None:
        return []
    now = started_at(leader)
    if now == started:
        return session_of(leader)
    if now is not None:
        return []  # the number was given to another program
    return [pid for pid in session_of(leader) if _is_younger(pid, started) and _works_here(pid)]


def _record(folder: Path, name: str) -> tuple[int, str | None]:
    """Number and moment that were written down; (0, None) for none, or one that was copied here with its folder."""
    try:
        record = json.loads((folder / f"{name}.json").read_text())
    except (FileNotFoundError, ValueError):
        return 0, None
    return (int(record["pid"]), record["started"]) if record["folder"] == str(folder) else (0, None)


def _is_younger(pid: int, started: str) -> bool:
    then, now = started.rpartition(":"), (started_at(pid) or "").rpartition(":")
    return then[0] == now[0] and then[2].isdigit() and now[2].isdigit() and int(now[2]) >= int(then[2])


def _works_here(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/cwd") == str(addresses.CHECKOUT)
    return False


# --- Stopping
def wait_until(condition: Callable[[], bool], *, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> bool:
    """Look every 50 ms, doing something else `meanwhile`; says whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        meanwhile()
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def kill_session(leader: int) -> None:
    for pid in session_of(leader):
        send(pid, signal.SIGKILL)


def stop_leftovers(folder: Path, name: str, *, seconds: float = 5) -> bool:
    """End what is left of an earlier run under this name, politely and then not; says whether there was anything."""
    found = leftovers(folder, name)
    leader = remembered(folder, name)
    for pid in [leader] if leader is not None else found:  # a leader ends its own children
        send(pid, signal.SIGTERM)
    if found and not wait_until(lambda: not leftovers(folder, name), seconds=seconds):
        for pid in leftovers(folder, name):
            send(pid, signal.SIGKILL)
        wait_until(lambda: not leftovers(folder, name), seconds=5)
    forget(folder, name)
    return bool(found)
