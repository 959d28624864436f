"""What a DATABASE_URL becomes in Django's settings."""

import pytest

from shop.settings import _database


def test_one_host():
    made = _database("postgres://ada:p%40ss@db.example:6432/shop?sslmode=require")
    assert (made["HOST"], made["PORT"], made["NAME"]) == ("db.example", "6432", "shop")
    assert (made["USER"], made["PASSWORD"]) == ("ada", "p@ss")
    assert made["OPTIONS"] == {"connect_timeout": 3, "tcp_user_timeout": 15000, "sslmode": "require"}


def test_of_several_hosts_the_one_that_takes_writes_is_used():
    made = _database("postgres://ada@one:5432,two:5433,[::1]:5434/shop")
    assert (made["HOST"], made["PORT"]) == ("one,two,::1", "5432,5433,5434")
    assert made["OPTIONS"]["target_session_attrs"] == "read-write"


@pytest.mark.parametrize("url", ["postgres://ada@one,two/shop?target_session_attrs=any&connect_timeout=9"])
def test_what_the_url_says_overrules(url):
    made = _database(url)
    assert (made["HOST"], made["PORT"]) == ("one,two", ",")
    assert made["OPTIONS"] == {"connect_timeout": "9", "tcp_user_timeout": 15000, "target_session_attrs": "any"}


def test_without_host_and_port_libpq_decides():
    made = _database("postgres:///shop")
    assert (made["HOST"], made["PORT"]) == ("", "")
