"""What the beat asks of the warehouse."""

from celery import shared_task

from checkout.warehouse import printing, services


@shared_task(ignore_result=True)
def forget_printed() -> None:
    """Delete printed files that are past their day."""
    printing.forget()


@shared_task(ignore_result=True)
def end_waves() -> None:
    """End the rounds of which nothing is left to pick; idempotent."""
    services.end_over(by="system")
