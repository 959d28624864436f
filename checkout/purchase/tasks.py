"""What the beat asks of the purchase."""

from celery import shared_task

from checkout.purchase import line, services


@shared_task(name="checkout.purchase.tasks.cancel_unpaid")
def cancel_unpaid() -> int:
    """End orders whose hold is over and whose event got lost; returns how many."""
    return services.sweep_unpaid()


@shared_task(name="checkout.purchase.tasks.forget_stale_details")
def forget_stale_details() -> int:
    """Delete what was entered for purchases that came to nothing, and turns of the line that are over."""
    return services.forget_stale_details() + line.forget()


@shared_task(name="checkout.purchase.tasks.serve_line")
def serve_line() -> int:
    """Place the orders of the waiting line; ends after some seconds, so that other work of this worker goes on."""
    return line.serve()
