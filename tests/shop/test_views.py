"""Refusals: a page for people, the API's error form for programs, never a stack trace."""

import json
import threading

import psycopg
import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.db import InternalError, OperationalError, connection

from shop.core import rest
from shop.core.models import IdempotentCall

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "code"),
    [("/api/nothing", "not_found"), ("/api/orders/%00", "not_found"), ("/api/cart/items/nope", "not_found")],
)
def test_unknown_api_addresses_answer_in_json(client, path, code):
    answer = client.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


@pytest.mark.parametrize("path", ["/orders/%00/", "/orders/x%00/status/", "/categories/%00/", "/nothing/"])
def test_addresses_that_hold_nothing_are_404(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(("path", "kind"), [("/", "text/html"), ("/api/cart", "application/json")])
def test_a_foreign_host_is_refused(client, path, kind):
    answer = client.get(path, headers={"Host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (400, kind)


def test_a_failure_nobody_foresaw_is_json_for_programs(rf):
    from shop.views import server_error

    assert server_error(rf.get("/api/cart")).content == (
        b'{"error": {"code": "internal_error", "message": "Something broke on our side."}}'
    )
    assert server_error(rf.get("/")).status_code == 500


@pytest.mark.django_db(transaction=True)
def test_twins_of_a_failing_call_are_told_to_come_again(client):
    """The first one fails and gives its key back while its twins look it up: 409, not a stack trace."""
    client.raise_request_exception = True
    answers, barrier = [], threading.Barrier(8)

    def call():
        from django.test import Client

        barrier.wait()
        answer = Client().post(
            "/api/cart/coupons",
            {"code": "NOPE"},
            content_type="application/json",
            headers={"Idempotency-Key": "twin", "X-Cart-Token": "t" * 43},
        )
        answers.append(answer.status_code)
        connection.close()

    for _round in range(3):
        threads = [threading.Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert max(answers) < 500
    assert len(answers) == 24


def test_the_key_of_a_call_that_was_given_back_is_free(rf, monkeypatch):
    """Exactly that moment: the insert finds the key taken, the look-up finds it gone."""
    from rest_framework.request import Request

    request = rf.post("/api/cart/coupons", b"{}", content_type="application/json", headers={"X-Cart-Token": "t"})
    request.user = type("Guest", (), {"is_authenticated": False})()
    request = Request(request)
    IdempotentCall.objects.create(
        scope=rest.scope(request), key="k", fingerprint="x", locked_until="2999-01-01T00:00:00Z"
    )
    monkeypatch.setattr(rest, "fingerprint", lambda _request: "x")
    real = IdempotentCall.objects.filter

    def gone(**lookup):
        real(**lookup).delete()
        return real(**lookup)

    monkeypatch.setattr(IdempotentCall.objects, "filter", gone)
    with pytest.raises(rest.ApiError) as refused:
        rest._claim(request, "k")
    assert (refused.value.code, refused.value.status_code) == ("still_running", 409)


@pytest.mark.django_db(transaction=True)
def test_a_key_that_could_not_be_given_back_is_free_with_the_next_call(monkeypatch):
    """Else the shopper whose order failed with the database would be told for a minute that it is still running."""
    call = IdempotentCall.objects.create(scope="guest:a", key="k", fingerprint="x", locked_until="2999-01-01T00:00:00Z")
    monkeypatch.setattr(IdempotentCall.objects, "filter", away)
    rest._let_go(call)
    monkeypatch.undo()
    assert IdempotentCall.objects.filter(pk=call.pk).exists()
    rest._let_go_of_kept()
    assert (IdempotentCall.objects.filter(pk=call.pk).exists(), rest._kept) == (False, set())


def away(*request: object, **lookup: object) -> None:
    raise OperationalError("connection refused")


def read_only(request: object) -> None:
    raise InternalError("cannot execute UPDATE") from psycopg.errors.ReadOnlySqlTransaction()


def broken(request: object) -> None:
    raise RuntimeError("nobody foresaw this")


@pytest.mark.parametrize(
    ("view", "path", "status", "retry"),
    [
        (away, "/products/", 503, "5"),
        (away, "/api/products/", 503, "5"),
        (read_only, "/api/products/", 503, "5"),
        (broken, "/api/products/", 500, None),
    ],
)
def test_a_database_that_is_away_is_503_and_everything_else_is_not(rf, settings, view, path, status, retry):
    settings.DEBUG = settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    answer = convert_exception_to_response(view)(rf.get(path))
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry)
    if path.startswith("/api/"):
        assert answer.headers["Content-Type"] == "application/json"
        assert json.loads(answer.content)["error"]["code"] == ("unavailable" if retry else "internal_error")
    else:
        assert b"Back in a few minutes" in answer.content
