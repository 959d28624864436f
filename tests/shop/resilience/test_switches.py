from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop.core import cache
from shop.resilience import switches


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("shed", *arguments, stdout=out)
    return out.getvalue()


def test_what_is_shed_is_shed_until_it_is_restored() -> None:
    assert not switches.is_shed("recommendations")

    switches.shed("recommendations")
    assert switches.is_shed("recommendations")
    switches.restore("recommendations")
    assert not switches.is_shed("recommendations")


@pytest.mark.parametrize("change", [switches.shed, switches.restore, switches.is_shed])
def test_only_what_is_named_can_be_shed(change: Any) -> None:
    with pytest.raises(KeyError):
        change("checkout")


def test_a_setting_sheds_for_good(settings: Any) -> None:
    settings.SHED = ["recommendations"]

    assert switches.is_shed("recommendations")
    with pytest.raises(CommandError, match="recommendations is named in the setting SHED"):
        run("recommendations", "--restore")


def test_the_command_sheds_restores_and_tells() -> None:
    assert run().startswith("on    recommendations: shelves of products")
    assert run("recommendations").startswith("shed  recommendations:")
    assert run().startswith("shed  ")
    assert run("recommendations", "--restore").startswith("on    ")


def test_the_command_says_what_it_cannot_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="Name what to have again"):
        run("--restore")
    with pytest.raises(CommandError, match="invalid choice"):
        run("checkout")
    monkeypatch.setattr(cache.Entry, "set", lambda self, value, *parts: None)
    with pytest.raises(CommandError, match="The cache does not answer"):
        run("recommendations")
