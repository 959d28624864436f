import json
import os
import signal
import sys

import pytest

from tests.shop.local.conftest import Checkout

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc for what is left running")

# Says what it was given, and leaves with a code of its own.
ASK = """
import json, os, sys, psycopg, redis
urls = {name: url for name, url in os.environ.items() if name.endswith("DATABASE_URL")}
databases = {key: psycopg.connect(url).execute("SELECT current_database()").fetchone()[0] for key, url in urls.items()}
print(json.dumps([databases, redis.Redis.from_url(os.environ["REDIS_URL"]).ping()]))
sys.exit(7)
"""


def test_a_command_gets_servers_and_gives_its_code(checkout: Checkout) -> None:
    process = checkout.run("exec", "--", "python", "-c", ASK)
    assert process.wait(30) == 7
    assert json.loads(checkout.log()) == [{"DATABASE_URL": "shop"}, True]
    assert checkout.processes() == []
    assert [entry.name for entry in checkout.data.iterdir()] == ["test"]  # the shop's own data is not touched


def test_three_databases_when_asked_for(checkout: Checkout) -> None:
    process = checkout.run("exec", "--split", "--", "python", "-c", ASK)
    assert process.wait(30) == 7
    assert json.loads(checkout.log())[0] == {
        "DATABASE_URL": "shop",
        "CATALOG_DATABASE_URL": "shop_catalog",
        "INVENTORY_DATABASE_URL": "shop_inventory",
    }


def test_servers_that_are_named_are_used(checkout: Checkout) -> None:
    outside = {"DATABASE_URL": "postgres://elsewhere/shop", "REDIS_URL": "redis://elsewhere"}
    code = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"
    process = checkout.run("exec", "--", "python", "-c", code, **outside)
    assert process.wait(30) == 0
    assert checkout.log() == "postgres://elsewhere/shop redis://elsewhere\n"
    assert not checkout.data.exists()


def test_what_python_compiles_is_kept(checkout: Checkout) -> None:
    outside = {"DATABASE_URL": "postgres://elsewhere/shop", "REDIS_URL": "redis://elsewhere"}
    code = "import sys; print(sys.dont_write_bytecode)"
    process = checkout.run("exec", "--", "python", "-c", code, **outside, PYTHONDONTWRITEBYTECODE="1")
    assert process.wait(30) == 0
    assert checkout.log() == "False\n"


def test_killed_it_leaves_nothing_that_the_next_one_does_not_end(checkout: Checkout) -> None:
    first = checkout.run("exec", "--", "python", "-c", "import time; print('there', flush=True); time.sleep(600)")
    checkout.wait(lambda: "there" in checkout.log())
    first.kill()
    first.wait()
    second = checkout.run("exec", "--", "true")
    assert second.wait(30) == 0
    checkout.wait(lambda: checkout.processes() == [], seconds=5)


TIDY = """
import signal, sys, time
def tidy(number, frame):
    time.sleep(0.2)
    print("tidied up after", signal.Signals(number).name, flush=True)
    sys.exit(3)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, tidy)
print("there", flush=True)
time.sleep(600)
"""


def test_ctrl_c_lets_the_command_tidy_up_and_stops_the_servers(checkout: Checkout) -> None:
    process = checkout.run("exec", "--", "python", "-c", TIDY)
    checkout.wait(lambda: "there" in checkout.log())
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to both
    assert process.wait(30) == 3
    assert checkout.log() == "there\ntidied up after SIGINT\n"
    assert checkout.processes() == []


def test_sigterm_is_passed_on(checkout: Checkout) -> None:
    process = checkout.run("exec", "--", "python", "-c", TIDY)
    checkout.wait(lambda: "there" in checkout.log())
    process.terminate()
    assert process.wait(30) == 3
    assert checkout.log() == "there\ntidied up after SIGTERM\n"
    assert checkout.processes() == []


def test_an_unknown_program_is_named(checkout: Checkout) -> None:
    process = checkout.run("exec", "--", "no-such-program")
    assert process.wait(30) == 127
    assert checkout.log() == "There is no program no-such-program: run `make install`.\n"
    assert checkout.processes() == []
