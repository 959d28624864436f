"""What the beat asks of carts."""

from celery import shared_task

from cart.carts import services


@shared_task(name="cart.carts.tasks.expire")
def expire() -> int:
    """Mark carts whose time is over."""
    return services.expire()
