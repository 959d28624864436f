import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shop.local import addresses, processes

SLEEP = "import time; time.sleep(600)"
# A leader that starts a child of its own, says so, and waits.
LEADER = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
print(child.pid, flush=True)
time.sleep(600)
"""
Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start(code: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", code]
        process = processes.spawn(command, folder=addresses.CHECKOUT, env=os.environ, output=subprocess.PIPE)
        started.append(process)
        return process

    yield start
    for process in started:
        processes.kill_session(process.pid)
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_a_process_is_remembered_while_it_lives(tmp_path: Path, start: Start) -> None:
    process = start(SLEEP)
    processes.remember(tmp_path, "web", process.pid)
    assert processes.remembered(tmp_path, "web") == process.pid
    process.kill()
    process.wait()
    assert processes.remembered(tmp_path, "web") is None


def test_nothing_is_remembered_of_a_name_never_heard(tmp_path: Path) -> None:
    assert processes.remembered(tmp_path, "web") is None
    assert not processes.stop_leftovers(tmp_path, "web")


def test_a_program_that_was_given_the_number_since_is_left_alone(tmp_path: Path, start: Start) -> None:
    stranger = start(SLEEP)
    boot, _, ticks = str(processes.started_at(stranger.pid)).rpartition(":")
    record = {"pid": stranger.pid, "started": f"{boot}:{int(ticks) - 1}", "folder": str(tmp_path)}
    (tmp_path / "web.json").write_text(json.dumps(record))

    assert processes.remembered(tmp_path, "web") is None
    assert not processes.stop_leftovers(tmp_path, "web")
    assert stranger.poll() is None

    processes.remember(tmp_path, "web", stranger.pid)  # the control: with its own moment it is ours, and ended
    assert processes.stop_leftovers(tmp_path, "web")
    assert stranger.wait() == -signal.SIGTERM


def test_a_number_of_before_the_last_boot_means_nothing(tmp_path: Path, start: Start) -> None:
    stranger = start(SLEEP)
    ticks = str(processes.started_at(stranger.pid)).rpartition(":")[2]
    record = {"pid": stranger.pid, "started": f"another-boot:{ticks}", "folder": str(tmp_path)}
    (tmp_path / "web.json").write_text(json.dumps(record))
    assert processes.leftovers(tmp_path, "web") == []


def test_a_copy_of_a_checkout_leaves_the_processes_of_the_original_alone(tmp_path: Path, start: Start) -> None:
    process = start(SLEEP)
    processes.remember(tmp_path / "original", "web", process.pid)
    shutil.copytree(tmp_path / "original", tmp_path / "copy")
    assert not processes.stop_leftovers(tmp_path / "copy", "web")
    assert processes.remembered(tmp_path / "original", "web") == process.pid


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_children_whose_leader_is_gone_are_found_and_ended(tmp_path: Path, start: Start) -> None:
    leader = start(LEADER)
    assert leader.stdout
    child = int(leader.stdout.readline())
    processes.remember(tmp_path, "worker", leader.pid)
    leader.kill()
    leader.wait()

    assert processes.leftovers(tmp_path, "worker") == [child]
    assert processes.stop_leftovers(tmp_path, "worker")
    assert processes.started_at(child) is None


def test_one_that_ignores_the_polite_word_is_killed(tmp_path: Path, start: Start) -> None:
    ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    stubborn = start(ignore)
    assert stubborn.stdout
    stubborn.stdout.readline()
    processes.remember(tmp_path, "worker", stubborn.pid)
    assert processes.stop_leftovers(tmp_path, "worker", seconds=0.1)
    assert stubborn.wait() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_a_child_ends_with_the_one_that_started_it() -> None:
    code = f"""
import os, subprocess, sys
from pathlib import Path
from shop.local import processes
child = processes.spawn([sys.executable, "-c", {SLEEP!r}], folder=Path("/"), env=os.environ, output=subprocess.DEVNULL)
print(child.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    starter = subprocess.run([sys.executable, "-c", code], cwd=addresses.CHECKOUT, capture_output=True, check=False)
    assert starter.returncode == -signal.SIGKILL
    child = int(starter.stdout)
    assert processes.wait_until(lambda: processes.started_at(child) is None, seconds=5)
