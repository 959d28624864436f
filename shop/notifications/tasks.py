"""Send e-mails that were queued."""

from celery import shared_task

from shop.notifications import services


@shared_task(name="shop.notifications.tasks.send")
def send(*, notification_id: str) -> None:
    """Render and send one e-mail."""
    services.send(notification_id=notification_id)


@shared_task(name="shop.notifications.tasks.sweep")
def sweep() -> None:
    """Send what was forgotten or failed before."""
    for notification_id in services.due():
        send.delay(notification_id=str(notification_id))
