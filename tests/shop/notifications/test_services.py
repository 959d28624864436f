"""E-mails: at most once per key, in text and HTML, tried again when the server refuses."""

import pytest
from django.core import mail

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


def queue(key="hello:1"):
    return services.queue(key=key, template="hello", to="ada@example.com", language="en", context={"name": "Ada"})


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


class Refusing:
    def __init__(self, **_options):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError("no server")
