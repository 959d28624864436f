"""Health: live, ready with latencies, metrics closed to the public."""

import pytest

pytestmark = pytest.mark.django_db


def test_live(client):
    assert client.get("/health/live").json() == {"status": "ok"}


def test_ready_names_each_dependency_with_its_latency(client):
    answer = client.get("/health/ready")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "ok")
    assert {"postgres:default", "redis"} <= set(body["dependencies"])
    assert all(one["status"] == "ok" and one["ms"] >= 0 for one in body["dependencies"].values())


def test_metrics_on_the_machine_itself(client):
    client.get("/health/live")
    text = client.get("/metrics").content.decode()
    for name in ("shop_request_seconds_bucket", "shop_outbox_backlog", "shop_dead_letters"):
        assert name in text


def test_metrics_are_closed_to_the_public(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    settings.METRICS_TOKEN = "secret"
    assert (
        client.get("/metrics", REMOTE_ADDR="203.0.113.7", headers={"Authorization": "Bearer secret"}).status_code == 200
    )


def test_every_answer_has_a_request_id(client):
    assert len(client.get("/health/live")["X-Request-ID"]) == 32
    assert client.get("/health/live", headers={"X-Request-ID": "abcdef-123456"})["X-Request-ID"] == "abcdef-123456"
    assert client.get("/health/live", headers={"X-Request-ID": "bad id\n"})["X-Request-ID"] != "bad id\n"
