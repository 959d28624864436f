"""Installs requirement files into the environment it runs in, with progress; does nothing when they have not changed.

Called by path (`python shop/local/install.py FILE…`) before anything is installed: standard library only.
"""

import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

_MARKERS = Path(sys.prefix)
_SEEN = re.compile(r"(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)")
_EVERY = 5.0  # seconds between two lines of progress


def main(names: list[str]) -> int:
    """Install each file in turn; 0, or pip's exit code."""
    for name in names:
        path = Path(name)
        if is_installed(path):
            continue
        print(f"Installing {path.name} …", flush=True)
        code = _install(path)
        if code:
            return code
        _marker(path).write_text(fingerprint(path))
    return 0


def is_installed(path: Path) -> bool:
    marker = _marker(path)
    return marker.exists() and marker.read_text() == fingerprint(path)


def fingerprint(path: Path) -> str:
    """Changes with the file, the files it includes, the interpreter and the place of the environment."""
    digest = hashlib.sha256(f"{sys.version}\n{sys.prefix}\n".encode())
    for text in _texts(path):
        digest.update(text.encode())
    return digest.hexdigest()


def _texts(path: Path) -> Iterable[str]:
    text = path.read_text()
    yield text
    for name in re.findall(r"^-[rc]\s+(\S+)", text, flags=re.MULTILINE):
        yield from _texts(path.parent / name)


def _marker(path: Path) -> Path:
    return _MARKERS / f".installed-{path.name}"


def _install(path: Path) -> int:
    wanted = sum(len(re.findall(r"^[A-Za-z0-9]", text, flags=re.MULTILINE)) for text in _texts(path))
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
    ]
    seen: set[str] = set()
    words: list[str] = []
    last = time.monotonic()
    with subprocess.Popen(
        [*command, "-r", str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            words.append(line)
            seen.update(match[1].lower() for match in [_SEEN.match(line.strip())] if match)
            unpacking = line.startswith("Installing collected")
            if unpacking or time.monotonic() - last > _EVERY:
                last = time.monotonic()
                stage = "unpacking" if unpacking else f"{min(len(seen), wanted)} of {wanted}"
                print(f"  packages: {stage}", flush=True)
    if process.returncode:
        print("".join(words[-40:]), file=sys.stderr)
        print(f"pip could not install {path.name} (its last words are above).", file=sys.stderr)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
