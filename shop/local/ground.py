"""Where the embedded servers stand: the folder of their data, their programs, and the system user they run as.

PostgreSQL refuses to run as root. So when the runner is root, the servers run as an unprivileged user, which must be
able to reach programs and data. Where it cannot (a checkout below /root, say) both move to /var/lib/holdfast/<checkout>
and a link `servers` in the data folder shows where; no permission of an existing folder is ever changed.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from shop.local import processes

_ELSEWHERE = Path("/var/lib/holdfast")
_CANDIDATES = ("nobody", "daemon", "postgres")


class NoGround(Exception):
    """The servers cannot be run here; the text says why and what helps."""


@dataclass(frozen=True)
class Ground:
    """`folder` holds the servers' data, `account` owns it."""

    data: Path
    folder: Path
    account: processes.Account

    @property
    def records(self) -> Path:
        """The folder that remembers which processes were started."""
        return self.data / "processes"

    def programs(self, package: str, pattern: str) -> Path:
        """The folder inside an installed wheel that matches the pattern, or a copy that the account can reach."""
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise NoGround(f"The package {package} is not installed: run `make install`.")
        found = next(iter(sorted(Path(spec.submodule_search_locations[0]).glob(pattern))), None)
        if found is None:
            raise NoGround(
                f"The package {package} brings no programs for this machine; set DATABASE_URL and REDIS_URL."
            )
        return found if _can_reach(self.account, found) else _copied(found, self.folder / "programs" / package)

    def make_folder(self, name: str) -> Path:
        """A folder of the servers' own."""
        made = self.folder / name
        made.mkdir(mode=0o700, exist_ok=True)
        self.hand_over(made)
        return made

    def hand_over(self, path: Path) -> None:
        if self.account.user is not None and self.account.group is not None:
            os.chown(path, self.account.user, self.account.group)


def find(data: Path) -> Ground:
    """The ground below a data folder; made on the first call."""
    account = _account()
    link = data / "servers"
    if link.is_symlink() and link.resolve().parent == _ELSEWHERE and link.resolve() != _place(data):
        link.unlink()  # copied together with another checkout, whose data it names
    if not link.exists():
        link.mkdir(mode=0o711)
        if not _can_reach(account, link):
            link.rmdir()
            link.symlink_to(_elsewhere(data))
    return Ground(data=data, folder=link.resolve(), account=account)


def elsewhere(data: Path) -> list[Path]:
    """The folders outside a data folder that belong to it and to those below it (test and bench)."""
    links = [link for link in (data / "servers", *data.glob("*/servers")) if link.is_symlink()]
    return [link.resolve() for link in links if link.resolve().parent == _ELSEWHERE]


def remove(data: Path) -> None:
    """Delete a data folder with the servers' data, wherever they are."""
    for folder in elsewhere(data):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(data)


def _account() -> processes.Account:
    if os.geteuid() != 0:
        return processes.OURSELVES
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return processes.Account(user=entry.pw_uid, group=entry.pw_gid)
    raise NoGround(f"As root, PostgreSQL needs one of these system users: {', '.join(_CANDIDATES)}.")


def _can_reach(account: processes.Account, path: Path) -> bool:
    """Ask the system itself, as that user: modes, access lists and mounts all have a say."""
    if account.user is None:
        return True
    asked = subprocess.run(
        ["/bin/sh", "-c", 'test -r "$1" -o -x "$1"', "sh", str(path)],
        user=account.user,
        group=account.group,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return asked.returncode == 0


def _elsewhere(data: Path) -> Path:
    """A folder for this data folder outside the checkout, below a parent that only root can write to."""
    _ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
    made = _place(data)
    made.mkdir(mode=0o711, exist_ok=True)
    return made


def _place(data: Path) -> Path:
    return _ELSEWHERE / hashlib.sha256(str(data).encode()).hexdigest()[:12]


def _copied(source: Path, target: Path) -> Path:
    """A copy of a wheel's programs with the libraries that lie beside them, made again when the wheel changes."""
    package = source
    while package.parent.name not in {"site-packages", "dist-packages"}:
        package = package.parent
    stamp = f"{package} {package.stat().st_mtime_ns}"
    mark = target / "copied-from"
    if not mark.exists() or mark.read_text() != stamp:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(mode=0o711, parents=True)
        for part in (package, package.with_name(f"{package.name}.libs")):  # found relative to the programs
            if part.is_dir():
                shutil.copytree(part, target / part.name)
        mark.write_text(stamp)
    return target / package.name / source.relative_to(package)
