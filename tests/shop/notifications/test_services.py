"""E-mails: at most once per key, in text and HTML, tried again when the server refuses."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models.functions import Now

from shop.notifications import services
from shop.notifications.models import Notification
from tests.outbox import drain

pytestmark = pytest.mark.django_db

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {
                        "emails/hello.txt": "Hello {{ name }}\n\nIt is you, {{ name }}.\n",
                        "emails/hello.html": "<style>p{color:red}</style><p>It is you, {{ name }}.</p>",
                    },
                )
            ]
        },
    }
]


@pytest.fixture(autouse=True)
def _templates(settings):
    settings.TEMPLATES = TEMPLATES


def queue(key="hello:1", name="Ada", after=""):
    told = {"template": "hello", "to": "ada@example.com", "language": "en", "context": {"name": name}}
    return services.queue(key=key, after=after, **told)


def test_once_per_key():
    assert [queue(), queue(), queue("hello:2")] == [True, False, True]
    drain()
    drain()
    assert [message.to for message in mail.outbox] == [["ada@example.com"], ["ada@example.com"]]


def test_subject_text_and_html_with_inlined_css():
    queue()
    drain()
    message = mail.outbox[0]
    assert (message.subject, message.body) == ("Hello Ada", "It is you, Ada.\n")
    assert '<p style="color: red;">It is you, Ada.</p>' in message.alternatives[0].content


def test_values_are_escaped_in_html():
    services.queue(key="x", template="hello", to="a@example.com", language="en", context={"name": "<b>"})
    drain()
    assert "&lt;b&gt;" in mail.outbox[0].alternatives[0].content


def test_a_refusal_is_tried_again_and_given_up_after_the_last_try(settings):
    settings.EMAIL_BACKEND = "tests.shop.notifications.test_services.Refusing"
    queue()
    row = Notification.objects.get()
    for _ in range(services.MAX_ATTEMPTS):
        assert services.send(notification_id=row.pk) is False
    row.refresh_from_db()
    assert (row.status, row.attempts, row.last_error) == ("failed", 8, "ConnectionRefusedError: no server")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_again(notification_ids=[row.pk], by="staff:1") == 1
    drain()
    assert len(mail.outbox) == 1


def test_a_sender_that_died_never_sends_twice():
    queue()
    Notification.objects.update(status="sending")  # as a worker leaves it that was killed while sending
    drain()
    assert services.send(notification_id=Notification.objects.get().pk) is False
    assert mail.outbox == []


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_one_waits_for_the_one_before_it(state, django_capture_on_commit_callbacks):
    """Whichever task a worker takes first; as soon as the first is sent, the second is asked for."""
    queue()
    queue("hello:2", "Bob", after="hello:1")
    first, second = Notification.objects.order_by("id")
    Notification.objects.filter(pk=first.pk).update(status=state)
    assert services.send(notification_id=second.pk) is False
    assert Notification.objects.get(pk=second.pk).status == "queued"
    Notification.objects.filter(pk=first.pk).update(status="queued")

    with django_capture_on_commit_callbacks() as asked:
        assert services.send(notification_id=first.pk) is True
    assert len(asked) == 1
    assert services.send(notification_id=second.pk) is True
    assert [message.subject for message in mail.outbox] == ["Hello Ada", "Hello Bob"]


def test_nobody_waits_for_what_was_given_up_or_never_asked_for():
    queue()
    queue("hello:2", "Bob", after="hello:1")
    queue("hello:3", "Cy", after="hello:no-such")
    Notification.objects.filter(key="hello:1").update(status="failed")
    drain()
    assert [message.subject for message in mail.outbox] == ["Hello Bob", "Hello Cy"]


def test_nobody_waits_for_long_for_a_sender_that_died():
    queue()
    queue("hello:2", "Bob", after="hello:1")
    Notification.objects.filter(key="hello:1").update(status="sending")
    drain()
    assert mail.outbox == []
    Notification.objects.filter(key="hello:2").update(created_at=Now() - timedelta(minutes=11))
    drain()
    assert [message.subject for message in mail.outbox] == ["Hello Bob"]


class Refusing:
    def __init__(self, **_options):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError("no server")
