"""What the beat asks of the warehouse."""

from celery import shared_task

from checkout.warehouse import printing


@shared_task(ignore_result=True)
def forget_printed() -> None:
    """Delete printed files that are past their day."""
    printing.forget()
