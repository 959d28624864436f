"""E-mails through a real mail server: what arrives, and what happens when it refuses, hangs or goes away."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from smtplib import SMTP

import pytest
from django.core.mail.backends import smtp as django_smtp
from django.db.models.functions import Now

from checkout.invoices.models import Document
from checkout.payments import emails
from checkout.returns import services as returns
from shop.core import db
from shop.events.models import Delivery
from shop.notifications import services, smtp
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import checkout as make
from tests.factories import returns as back
from tests.factories.accounts import UserFactory
from tests.fakes.mailserver import MailServer, running_mailserver

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: object) -> Iterator[MailServer]:
    with running_mailserver() as running:
        settings.EMAIL_BACKEND = "shop.notifications.smtp.EmailBackend"  # type: ignore[attr-defined]
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port  # type: ignore[attr-defined]
        settings.EMAIL_TIMEOUT = 0.3  # type: ignore[attr-defined]
        yield running


def queued() -> Notification:
    order = make.paid(email="ada@example.com")
    emails.order_paid(order_id=order.pk)
    return Notification.objects.get()


def send(row: Notification) -> str:
    """The row's status after a try."""
    services.send(notification_id=row.pk)
    row.refresh_from_db()
    return str(row.status)


def test_a_mail_arrives_as_text_and_html_with_its_headers(server: MailServer, settings: object) -> None:
    settings.SUPPORT_EMAIL = "help@example.com"  # type: ignore[attr-defined]
    row = queued()
    assert send(row) == "sent"
    (mail,) = server.taken
    assert mail["To"] == "ada@example.com"
    assert str(mail["Subject"]) == row.subject
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].startswith(f"<{row.pk}@")
    assert mail["Reply-To"] == "help@example.com"
    assert mail["List-Unsubscribe"] is None
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part in (text, html):
        assert part.get_content_charset() == "utf-8"
        assert row.context["order"]["number"] in part.get_content()
        assert "Questions?" in html.get_content()
    assert '<h1 style="' in html.get_content()


def test_a_mail_that_can_be_stopped_says_how(server: MailServer) -> None:
    row = queued()
    row.context["unsubscribe_url"] = "https://shop.example/stop/1"
    row.save()
    send(row)
    (mail,) = server.taken
    assert mail["List-Unsubscribe"] == "<https://shop.example/stop/1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_words_of_any_script_arrive_whole(server: MailServer) -> None:
    row = queued()
    row.context["order"]["gift_message"] = "Für Zoë – 誕生日おめでとう 🎉"
    row.context["order"]["number"] = "ORD-Ä1"
    row.save()
    send(row)
    (mail,) = server.taken
    assert "ORD-Ä1" in str(mail["Subject"])
    assert "Für Zoë – 誕生日おめでとう 🎉" in next(iter(mail.iter_parts())).get_content()


def test_an_invoice_arrives_with_the_file_that_is_stored(server: MailServer) -> None:
    order = make.paid(email="ada@example.com")
    outbox.drain(mails=False)
    row = Notification.objects.get(template="invoice")
    Notification.objects.exclude(pk=row.pk).update(status="sent")  # what goes out before
    server.behaviour = "refuses"
    assert send(row) == "queued"
    server.behaviour = "takes"
    assert send(row) == "sent"
    (mail,) = server.taken
    stored = Document.objects.get(order_id=order.pk)
    assert mail.get_content_type() == "multipart/mixed"
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", f"{stored.number}.pdf")
    assert file.get_content() == bytes(stored.pdf)
    assert sha256(file.get_content()).hexdigest() == stored.pdf_sha256
    assert services.send(notification_id=row.pk) is False
    assert len(server.taken) == 1


def test_whatever_is_heard_again_no_mail_of_an_orders_life_comes_twice(server: MailServer) -> None:
    back.rule()
    order = back.arrived(customer_id=UserFactory().pk, quantity=2)
    asked = back.back(back.asked(order, back.wanted(back.lines(order)[0]), wish="store_credit"))
    returns.reimburse(return_id=asked.pk, by="staff:1")
    for again in range(2):
        outbox.drain(rounds=50)
        assert outbox.failures() == []
        for alias in db.databases() if again == 0 else ():
            Delivery.objects.using(alias).update(status=Delivery.Status.PENDING, attempts=0)
    sent = Counter(str(mail["Message-ID"]) for mail in server.taken)
    assert set(sent.values()) == {1}
    assert len(sent) == Notification.objects.filter(status="sent").count() == Notification.objects.count()
    assert dict(Counter(Notification.objects.values_list("template", flat=True))) == {
        "order_placed": 1, "order_paid": 1, "invoice": 1, "order_shipped": 1, "order_delivered": 1,
        "return_approved": 1, "return_received": 1, "return_settled": 1, "credit_note": 1,
        "refund_made": 1,
    }  # fmt: skip
    with_files = {mail.get_content_type(): len(list(mail.iter_attachments())) for mail in server.taken}
    assert with_files == {"multipart/alternative": 0, "multipart/mixed": 1}


@pytest.mark.parametrize("behaviour", ["refuses", "is busy", "hangs", "hangs up"])
def test_what_was_not_taken_is_tried_again_and_arrives_once(server: MailServer, behaviour: str) -> None:
    row = queued()
    server.behaviour = behaviour
    assert [send(row), send(row)] == ["queued", "queued"]
    assert (row.attempts, server.taken) == (2, [])
    server.behaviour = "takes"
    assert [send(row), send(row)] == ["sent", "sent"]
    assert [mail["Message-ID"].partition("@")[0] for mail in server.taken] == [f"<{row.pk}"]


def test_a_server_that_is_away_loses_nothing(server: MailServer, settings: object) -> None:
    row = queued()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = nobody.getsockname()[1]  # type: ignore[attr-defined]
        assert send(row) == "queued"
    assert row.last_error.startswith("ConnectionRefusedError")
    settings.EMAIL_PORT = server.port  # type: ignore[attr-defined]
    assert send(row) == "sent"
    assert len(server.taken) == 1


def test_a_message_that_was_handed_over_without_an_answer_is_not_sent_twice(server: MailServer) -> None:
    row = queued()
    server.behaviour = "takes in silence"
    assert [send(row), send(row)] == ["sending", "sending"]  # the second try does nothing
    assert row.last_error.startswith("Unanswered")
    assert services.due() == []
    assert len(server.taken) == 1
    server.behaviour = "takes"
    services.send_again(notification_ids=[row.pk], by="staff:1")  # a person decided so
    assert send(row) == "sent"
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_with_djangos_own_connection_it_would_be_sent_twice(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    monkeypatch.setattr(smtp.EmailBackend, "connection_class", SMTP)
    row = queued()
    server.behaviour = "takes in silence"
    assert send(row) == "queued"
    server.behaviour = "takes"
    assert send(row) == "sent"
    assert len(server.taken) == 2
    assert django_smtp.EmailBackend().connection_class is SMTP


def test_the_pauses_between_tries_grow() -> None:
    row = queued()
    due = []
    for minutes in (1, 3, 5, 9, 17, 33, 65, 129, 257, 600):
        rows = Notification.objects.filter(pk=row.pk)
        rows.update(created_at=Now() - timedelta(minutes=minutes))
        if services.due():
            due.append(minutes)
            rows.update(attempts=len(due))
    assert due == [3, 5, 9, 17, 33, 65, 129, 257]  # eight tries; nothing is due after the last
