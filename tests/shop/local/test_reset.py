import json
import sys
from pathlib import Path

import pytest

from shop.local import addresses
from tests.shop.local.conftest import Checkout

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc for what is left running")


def test_what_it_deletes_is_said_and_gone(checkout: Checkout) -> None:
    addresses.set_up(checkout.data)
    process = checkout.run("reset")
    assert process.wait(30) == 0
    assert f"    {checkout.data}\n" in checkout.log()
    assert not checkout.data.exists()


def test_there_may_be_nothing_to_forget(checkout: Checkout) -> None:
    assert checkout.run("reset").wait(30) == 0
    assert checkout.log() == f"There is nothing to forget: {checkout.data} does not exist.\n"


def test_a_running_shop_is_not_deleted(checkout: Checkout) -> None:
    first = checkout.open()
    assert checkout.run("reset").wait(30) == 1
    assert f"It is in use (process {first.pid}); stop that first." in checkout.log()
    assert json.loads((checkout.data / "ports.json").read_text())["web"] == checkout.port
    first.terminate()
    assert first.wait(30) == 0


def test_a_named_folder_with_test_servers_only_is_forgotten_too(checkout: Checkout, tmp_path: Path) -> None:
    addresses.set_up(tmp_path / "data" / "test")
    assert checkout.run("reset", HOLDFAST_DATA=str(tmp_path / "data")).wait(30) == 0
    assert not (tmp_path / "data").exists()


def test_a_folder_that_is_not_ours_is_left_alone(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert checkout.run("reset", HOLDFAST_DATA=str(tmp_path)).wait(30) == 1
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
