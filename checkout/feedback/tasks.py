"""Ask what is due."""

from celery import shared_task

from checkout.feedback import services as feedback


@shared_task(name="checkout.feedback.tasks.ask")
def ask() -> None:
    """Ask for feedback on what arrived some days ago."""
    feedback.ask_all()
