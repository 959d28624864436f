import json
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shop.local import addresses


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "HOLDFAST_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def listener() -> socket.socket:
    listening = socket.socket()
    listening.bind((addresses.HOST, 0))
    listening.listen()
    yield listening
    listening.close()


def test_nothing_is_known_and_nothing_written_before_the_first_start(tmp_path: Path) -> None:
    assert addresses.environment(tmp_path) == {}
    assert addresses.database_url(tmp_path) == "postgres://shop@127.0.0.1:25432/shop"
    assert addresses.redis_url(tmp_path) == "redis://127.0.0.1:26380/0"
    assert addresses.sandbox_url(tmp_path) == "http://127.0.0.1:24242"
    assert list(tmp_path.iterdir()) == []


def test_the_environment_says_what_was_set_up(tmp_path: Path) -> None:
    addresses.set_up(tmp_path)
    addresses.keep_port(tmp_path, "web", 8123)
    kept = json.loads((tmp_path / "secrets.json").read_text())
    ports = json.loads((tmp_path / "ports.json").read_text())

    assert addresses.environment(tmp_path) == {
        "DATABASE_URL": f"postgres://shop:{kept['database_password']}@127.0.0.1:{ports['postgres']}/shop",
        "REDIS_URL": f"redis://:{kept['redis_password']}@127.0.0.1:{ports['valkey']}/0",
        "DEBUG": "0",
        "SECRET_KEY": kept["secret_key"],
        "FIELD_ENCRYPTION_KEYS": kept["field_encryption_key"],
        "SITE_URL": "http://127.0.0.1:8123",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SHOP_TIME_ZONE": "America/Chicago",
        "STAFF_MFA_REQUIRED": "0",
        "DEMO_MERCHANT_EMAIL": "merchant@example.com",
        "DEMO_MERCHANT_PASSWORD": kept["merchant_password"],
        "LOG_FORMAT": "console",
        "EMAIL_URL": "filebased://",
        "EMAIL_FILE_PATH": str(tmp_path / "mail"),
        "STATIC_ROOT": str(tmp_path / "static"),
        "PAYMENT_SANDBOX": "1",
        "STRIPE_SECRET_KEY": "sk_test_sandbox",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
        "STRIPE_WEBHOOK_SECRET": kept["stripe_webhook_secret"],
        "STRIPE_API_BASE": f"http://127.0.0.1:{ports['sandbox']}",
    }


def test_a_second_set_up_changes_nothing(tmp_path: Path) -> None:
    addresses.set_up(tmp_path)
    before = addresses.environment(tmp_path)
    addresses.set_up(tmp_path)
    assert addresses.environment(tmp_path) == before


def test_secrets_are_for_their_owner_only_and_differ_between_checkouts(tmp_path: Path) -> None:
    addresses.set_up(tmp_path / "one")
    addresses.set_up(tmp_path / "two")
    one, two = (json.loads((tmp_path / name / "secrets.json").read_text()) for name in ("one", "two"))
    assert stat.S_IMODE((tmp_path / "one" / "secrets.json").stat().st_mode) == 0o600
    assert one.keys() == two.keys()
    assert not set(one.values()) & set(two.values())


def test_a_secret_that_a_newer_version_needs_is_added(tmp_path: Path) -> None:
    addresses.set_up(tmp_path)
    path = tmp_path / "secrets.json"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({key: value for key, value in known.items() if key != "field_encryption_key"}))
    addresses.set_up(tmp_path)
    again = json.loads(path.read_text())
    assert again.pop("field_encryption_key")
    known.pop("field_encryption_key")
    assert again == known


def test_a_taken_port_is_left_to_its_owner(tmp_path: Path, listener: socket.socket) -> None:
    taken = listener.getsockname()[1]
    addresses.set_up(tmp_path)
    addresses.keep_port(tmp_path, "valkey", taken)

    chosen = addresses.claim_port(tmp_path, "valkey")

    assert chosen != taken
    assert urlsplit(addresses.redis_url(tmp_path)).port == chosen
    assert addresses.claim_port(tmp_path, "valkey") == chosen


def test_two_servers_of_a_checkout_never_get_the_same_port(tmp_path: Path) -> None:
    addresses.set_up(tmp_path)
    addresses.keep_port(tmp_path, "valkey", addresses.port(tmp_path, "postgres"))
    assert addresses.claim_port(tmp_path, "valkey") != addresses.port(tmp_path, "postgres")


def test_with_a_stripe_key_of_ones_own_there_is_no_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses.set_up(tmp_path)
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_51abc")
    assert not addresses.wants_sandbox()
    assert [name for name in addresses.environment(tmp_path) if name.startswith(("STRIPE", "PAYMENT"))] == []


def test_a_named_folder_with_other_peoples_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    monkeypatch.setenv("HOLDFAST_DATA", str(tmp_path))
    with pytest.raises(FileExistsError, match="name a new or an empty folder"):
        addresses.set_up(addresses.data_folder())
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_servers_are_down_until_something_listens(tmp_path: Path, listener: socket.socket) -> None:
    addresses.set_up(tmp_path)
    assert addresses.servers_are_down(tmp_path)
    addresses.keep_port(tmp_path, "postgres", listener.getsockname()[1])
    assert not addresses.servers_are_down(tmp_path)
