"""What the beat asks of the purchase."""

from celery import shared_task

from checkout.purchase import services


@shared_task(name="checkout.purchase.tasks.cancel_unpaid")
def cancel_unpaid() -> int:
    """End orders whose hold is over and whose event got lost; returns how many."""
    return services.sweep_unpaid()


@shared_task(name="checkout.purchase.tasks.forget_stale_details")
def forget_stale_details() -> int:
    """Delete what was entered for purchases that came to nothing."""
    return services.forget_stale_details()
