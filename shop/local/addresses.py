"""Where the embedded servers of this checkout are, and the keys and passwords made for it. Reads files, starts nothing.

Everything is kept in one data folder: `ports.json`, `secrets.json` (readable by its owner only) and the servers' data.
"""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

HOST = "127.0.0.1"
CHECKOUT = Path(__file__).resolve().parents[2]
# Below 32768, where Linux starts to hand out ports to outgoing connections.
PREFERRED = {"postgres": 25432, "valkey": 26380, "sandbox": 24242, "web": 8000}
SANDBOX_KEY = "sk_test_sandbox"


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


_SECRETS: dict[str, Callable[[], str]] = {
    "database_password": secrets.token_urlsafe,
    "redis_password": secrets.token_urlsafe,
    "secret_key": lambda: secrets.token_urlsafe(50),
    "field_encryption_key": _fernet_key,
    "stripe_webhook_secret": lambda: f"whsec_{secrets.token_hex(24)}",
    "merchant_password": lambda: secrets.token_urlsafe(12),
}


def data_folder() -> Path:
    """The folder of everything that this checkout remembers: `.data`, or HOLDFAST_DATA."""
    return Path(os.environ.get("HOLDFAST_DATA") or CHECKOUT / ".data").absolute()


def is_set_up(data: Path) -> bool:
    return (data / "ports.json").exists() and (data / "secrets.json").exists()


def is_ours(data: Path) -> bool:
    """The folder was made here: it is set up, or holds nothing but servers of tests and benchmarks."""
    return is_set_up(data) or all(entry.name in {"test", "bench"} for entry in data.iterdir())


def set_up(data: Path) -> None:
    """Make the data folder with its ports and secrets; what is there already stays as it is.

    A folder that was named by hand must be new or empty: `make reset` deletes it with everything in it.
    """
    if os.environ.get("HOLDFAST_DATA") and data == data_folder() and data.exists() and not is_ours(data):
        raise FileExistsError(f"HOLDFAST_DATA is {data}, which has other files in it; name a new or an empty folder.")
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    known = _read(data / "secrets.json")
    missing: dict[str, str | int] = {name: make() for name, make in _SECRETS.items() if name not in known}
    if missing:
        _write(data / "secrets.json", known | missing)
    if not (data / "ports.json").exists():
        _write(data / "ports.json", {})
        for name in ("postgres", "valkey", "sandbox"):
            claim_port(data, name)


def port(data: Path, name: str) -> int:
    """The port that was chosen for a server, else the one it would like to have."""
    return int(_read(data / "ports.json").get(name, PREFERRED[name]))


def keep_port(data: Path, name: str, number: int) -> None:
    with _locked(data):
        _write(data / "ports.json", _read(data / "ports.json") | {name: number})


def claim_port(data: Path, name: str) -> int:
    """The kept port if it is free, else the next free one, which is kept from now on."""
    with _locked(data):
        known = _read(data / "ports.json")
        others = {number for other, number in known.items() if other != name}
        first = int(known.get(name, PREFERRED[name]))
        candidates = (first, *range(PREFERRED[name] + 10, PREFERRED[name] + 2000, 10))
        chosen: int | None = next((one for one in candidates if one not in others and is_free(one)), None)
        if chosen is None:
            raise OSError(f"No free port found for {name} on {HOST}.")
        _write(data / "ports.json", known | {name: chosen})
        return chosen


def is_free(number: int) -> bool:
    """Nobody listens on this port of the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except (OSError, OverflowError):
            return False
        return True


def secret(data: Path, name: str) -> str:
    """A secret of this data folder; empty before `set_up`."""
    return str(_read(data / "secrets.json").get(name, ""))


def database_url(data: Path | None = None, *, database: str = "shop") -> str:
    data = data or data_folder()
    password = secret(data, "database_password")
    return f"postgres://shop{f':{password}' if password else ''}@{HOST}:{port(data, 'postgres')}/{database}"


def redis_url(data: Path | None = None) -> str:
    data = data or data_folder()
    password = secret(data, "redis_password")
    return f"redis://{f':{password}@' if password else ''}{HOST}:{port(data, 'valkey')}/0"


def sandbox_url(data: Path | None = None) -> str:
    return f"http://{HOST}:{port(data or data_folder(), 'sandbox')}"


def site_url(data: Path | None = None) -> str:
    """The shop's own address, at the port that `make run` had last."""
    return f"http://{HOST}:{port(data or data_folder(), 'web')}"


def environment(data: Path | None = None) -> dict[str, str]:
    """The variables the shop runs with on the embedded default, {} before its first start.

    The sandbox's own are left out where the surroundings bring a real STRIPE_SECRET_KEY.
    """
    data = data or data_folder()
    if not is_set_up(data):
        return {}
    values = {
        "DATABASE_URL": database_url(data),
        "REDIS_URL": redis_url(data),
        "DEBUG": "0",
        "SECRET_KEY": secret(data, "secret_key"),
        "FIELD_ENCRYPTION_KEYS": secret(data, "field_encryption_key"),
        "SITE_URL": site_url(data),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SHOP_TIME_ZONE": "America/Chicago",  # where the demo's shop is
        "STAFF_MFA_REQUIRED": "0",
        "DEMO_MERCHANT_EMAIL": "merchant@example.com",
        "DEMO_MERCHANT_PASSWORD": secret(data, "merchant_password"),
        "LOG_FORMAT": "console",
        "EMAIL_URL": "filebased://",
        "EMAIL_FILE_PATH": str(data / "mail"),
        "STATIC_ROOT": str(data / "static"),
    }
    return values | (_sandbox(data) if wants_sandbox() else {})


def wants_sandbox() -> bool:
    """No Stripe key of one's own: the payment sandbox stands in."""
    key = os.environ.get("STRIPE_SECRET_KEY", "")
    return not key or key.startswith(SANDBOX_KEY)


def _sandbox(data: Path) -> dict[str, str]:
    return {
        "PAYMENT_SANDBOX": "1",
        "STRIPE_SECRET_KEY": SANDBOX_KEY,
        "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
        "STRIPE_WEBHOOK_SECRET": secret(data, "stripe_webhook_secret"),
        "STRIPE_API_BASE": sandbox_url(data),
    }


def servers_are_down(data: Path | None = None) -> bool:
    """Nothing answers where the embedded PostgreSQL of this checkout should be."""
    return is_free(port(data or data_folder(), "postgres"))


def _read(path: Path) -> dict[str, str | int]:
    try:
        content: dict[str, str | int] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return content


def _write(path: Path, content: dict[str, str | int]) -> None:
    """Replace a file at once, readable by its owner only."""
    new = path.with_suffix(f".{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=1)
    new.replace(path)


@contextlib.contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Two starts at the same moment must not both rewrite the ports."""
    with open(data / "ports.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
