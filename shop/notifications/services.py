"""Ask for an e-mail; send what was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from email.utils import parseaddr
from functools import partial, reduce
from operator import or_
from typing import Any
from uuid import UUID

import css_inline
import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import translation

from shop.audit import services as audit
from shop.core import db
from shop.notifications import attachments, secrets, smtp
from shop.notifications.models import Notification

log = structlog.get_logger("shop.notifications")

MAX_ATTEMPTS = 8
PAUSE = timedelta(
    minutes=2
)  # before the second try, doubled for each more: the last is some four hours after the first


_LOST = timedelta(minutes=10)  # after that nobody waits for an e-mail whose sender died
_PREHEADER = 140  # letters: what the widest mailbox has room for


def queue(
    *, key: str, template: str, to: str, language: str, context: Mapping[str, Any], after: str = ""
) -> bool:  # fmt: skip
    """Queue the e-mail `template` ("order_paid") to address `to`, at most once ever for `key`; True if it is new. It
    goes out `after` the e-mail with that key, if that was asked for and is neither sent nor given up.

    `context` is JSON (texts already formatted, links absolute). Joins the caller's transaction on the default
    database if there is one; a worker renders `templates/emails/<template>.{txt,html}` and sends after commit.
    """
    told = {**context, _AFTER: after} if after else dict(context)
    with transaction.atomic(using=db.DEFAULT):
        row, created = Notification.objects.get_or_create(
            key=key,
            defaults={"template": template, "recipient": to, "language": language, "context": told},
        )
        if created:
            transaction.on_commit(lambda: _enqueue(str(row.id)), using=db.DEFAULT, robust=True)
    return created


def send(*, notification_id: UUID | str) -> bool:
    """Send one queued e-mail; True if this call sent it.

    The row is marked as being sent, and committed, before the mail server is called: a worker that dies in between
    leaves it marked, and it is never sent twice. So does a mail server that took the message and never answered. A
    refusal by the mail server, and one that is away, is tried again later.
    """
    row = Notification.objects.filter(pk=notification_id, status__in=_OPEN).first()
    if row is None or _waits(row):
        return False
    if not Notification.objects.filter(pk=row.pk, status__in=_OPEN).update(status=Notification.Status.SENDING):
        return False
    try:
        message = _addressed(row)
        message.send()
    except smtp.Unanswered as error:  # a person decides whether a second copy does no harm
        return _failed(row, error, status=Notification.Status.SENDING)
    except Exception as error:  # noqa: BLE001  (templates, SMTP, sockets: all are tried again, then left for people)
        return _failed(row, error)
    Notification.objects.filter(pk=row.pk).update(
        status=Notification.Status.SENT, subject=message.subject[:200], sent_at=Now(), last_error=""
    )
    _let_go_on(row)
    return True


_OPEN = [Notification.Status.QUEUED]
_AFTER = "after"  # in the context: the key of the e-mail that has to go out before


def _waits(row: Notification) -> bool:
    """Whether another e-mail goes first: one that is queued, or that somebody is sending."""
    first = row.context.get(_AFTER)
    status = Notification.objects.filter(key=first).values_list("status", flat=True).first() if first else None
    if status == Notification.Status.SENDING:
        return row.created_at > db.clock() - _LOST
    return status == Notification.Status.QUEUED


def _let_go_on(row: Notification) -> None:
    """Send at once what has waited for this one."""
    waiting = Notification.objects.filter(
        recipient__iexact=row.recipient, status=Notification.Status.QUEUED, context__after=row.key
    )  # found by the index of recipients, however many wait
    for pk in waiting.values_list("pk", flat=True):
        transaction.on_commit(partial(_enqueue, str(pk)), using=db.DEFAULT, robust=True)


def _addressed(row: Notification) -> EmailMultiAlternatives:
    """The message as it is sent. Its id is the row's own, so that a mailbox knows a second copy for what it is."""
    told = secrets.told(row.context.get("secrets", {}))
    message = render(template=row.template, language=row.language, context={**row.context, **told})
    message.to = [row.recipient]
    for name, data, kind in attachments.files(row.context.get("attachments", ())):
        message.attach(name, data, kind)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    message.extra_headers |= {"Auto-Submitted": "auto-generated", "Message-ID": f"<{row.pk}@{sender}>"}
    if leave := row.context.get("unsubscribe_url"):
        message.extra_headers |= {
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return message


def _failed(row: Notification, error: Exception, *, status: str = "") -> bool:
    attempts = row.attempts + 1
    status = status or (Notification.Status.FAILED if attempts >= MAX_ATTEMPTS else Notification.Status.QUEUED)
    text = f"{type(error).__name__}: {error}"[:1000]
    Notification.objects.filter(pk=row.pk).update(status=status, attempts=attempts, last_error=text)
    log.warning("e-mail failed", notification=str(row.pk), template=row.template, attempt=attempts, error=text)
    return False


def known(keys: Iterable[str]) -> set[str]:
    """Those of the keys under which an e-mail was asked for before. One query."""
    return set(Notification.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def due() -> list[UUID]:
    """Queued e-mails that nobody has sent for a while: their message was lost, or the mail server refused."""
    waited = [Q(attempts=n, created_at__lte=Now() - PAUSE * 2**n) for n in range(MAX_ATTEMPTS)]
    rows = Notification.objects.filter(reduce(or_, waited), status__in=_OPEN)
    return list(rows.order_by("created_at", "id").values_list("id", flat=True)[:200])


def send_again(*, notification_ids: Sequence[UUID], by: str) -> int:
    """Queue e-mails again that failed or whose sender died; a person decided that a second copy does no harm."""
    stuck = [Notification.Status.FAILED, Notification.Status.SENDING]
    with transaction.atomic(using=db.DEFAULT):
        rows = Notification.objects.select_for_update().filter(pk__in=notification_ids, status__in=stuck)
        ids = list(rows.values_list("pk", flat=True))
        Notification.objects.filter(pk__in=ids).update(status=Notification.Status.QUEUED, attempts=0)
        for pk in ids:
            audit.record(action="email.again", by=by, object_type="notification", object_id=pk, using=db.DEFAULT)
            transaction.on_commit(partial(_enqueue, str(pk)), using=db.DEFAULT, robust=True)
    return len(ids)


def render(*, template: str, language: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """The e-mail `template` in `language`: text and HTML (its CSS inlined but for what a screen's size and colours
    decide), subject from the text's first line. What mailboxes show beside the subject is the text's first paragraph.
    """
    with translation.override(language):
        full = {
            **context,
            "language": language,
            "shop_name": settings.SHOP_NAME,
            "site_url": settings.SITE_URL,
            "support_email": settings.SUPPORT_EMAIL,
        }
        subject, _sep, text = render_to_string(f"emails/{template}.txt", full).strip().partition("\n")
        full["preheader"] = " ".join(_tidy(text).partition("\n\n")[0].split())[:_PREHEADER]
        html = css_inline.inline(render_to_string(f"emails/{template}.html", full), keep_at_rules=True)
    message = EmailMultiAlternatives(
        subject=subject.strip(), body=_tidy(text), from_email=settings.DEFAULT_FROM_EMAIL,
        reply_to=[settings.SUPPORT_EMAIL] if settings.SUPPORT_EMAIL else None,
    )  # fmt: skip
    message.attach_alternative(html, "text/html")
    return message


def _tidy(text: str) -> str:
    """Without the holes that parts of a template leave which have nothing to say."""
    return re.sub(r"\n\s*\n\s*\n", "\n\n", text.strip()) + "\n"


def _enqueue(notification_id: str) -> None:
    from shop.notifications import tasks  # noqa: PLC0415  (tasks import the services)

    tasks.send.delay(notification_id=notification_id)
