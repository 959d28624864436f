"""Run what the workers would: deliver events until none is due."""

from shop.core import db
from shop.events import tasks
from shop.events.models import Delivery
from shop.notifications import services as notifications


def drain(*, rounds: int = 20, mails: bool = True) -> int:
    """Deliver every pending event in order, then send queued e-mails; returns how many deliveries were tried.

    What a subscriber raises is handled as in a worker: the delivery waits for its next try (see `failures`), and what
    stands behind it in its line waits with it.
    """
    tried, before = 0, None
    for _ in range(rounds):
        ids = [
            (alias, str(pk))
            for alias in db.databases()
            for pk in Delivery.objects.using(alias)
            .filter(status=Delivery.Status.PENDING, attempts=0)
            .order_by("id")
            .values_list("pk", flat=True)
        ]
        if not ids or ids == before:  # whatever is left waits for something else
            break
        before = ids
        for alias, pk in ids:
            tasks.deliver_one(using=alias, delivery_id=pk)
            tried += 1
    if mails:
        for pk in (
            notifications.Notification.objects.filter(status="queued").order_by("id").values_list("pk", flat=True)
        ):
            notifications.send(notification_id=pk)
    return tried


def failures() -> list[str]:
    """What subscribers raised: "subscriber: error" of every delivery that failed at least once and is not done."""
    return [
        f"{delivery.subscriber}: {delivery.last_error}"
        for alias in db.databases()
        for delivery in Delivery.objects.using(alias).exclude(status=Delivery.Status.DONE).exclude(last_error="")
    ]
