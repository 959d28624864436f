import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shop.local import addresses
from shop.local.lock import Lock, Taken

HOLD = """
import sys, time
from pathlib import Path
from shop.local.lock import Lock
lock = Lock(Path(sys.argv[1]))
lock.take()
lock.write(port=8000, stopping=sys.argv[2] == "stopping")
print("held", flush=True)
time.sleep(0.5 if sys.argv[2] == "stopping" else 600)
"""


def holder(path: Path, how: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), how], cwd=addresses.CHECKOUT, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"held\n"
    process.stdout.close()
    return process


def test_a_taken_lock_tells_about_its_holder_until_that_one_is_killed(tmp_path: Path) -> None:
    process = holder(tmp_path / "lock", "stays")
    lock = Lock(tmp_path / "lock")
    with pytest.raises(Taken) as taken:
        lock.take()
    assert taken.value.note == {"port": 8000, "stopping": False}
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    lock.take()
    lock.release()


def test_a_holder_on_its_way_out_is_waited_for(tmp_path: Path) -> None:
    process = holder(tmp_path / "lock", "stopping")
    lock = Lock(tmp_path / "lock")
    lock.take(patience=10)
    assert process.wait() == 0
    lock.release()


def test_patience_ends(tmp_path: Path) -> None:
    process = holder(tmp_path / "lock", "stopping")
    lock = Lock(tmp_path / "lock")
    with pytest.raises(Taken):
        lock.take(patience=0)
    lock.release()
    process.wait()
