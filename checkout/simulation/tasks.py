"""Work of simulations that runs in workers."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from checkout.simulation import services


@shared_task(time_limit=3600)
def run(simulation_id: str) -> None:
    """Try a promotion as it was asked."""
    services.run(simulation_id=UUID(simulation_id))


@shared_task
def resume() -> None:
    """Go on with what was left: a worker died, or the call was lost. Every ten minutes."""
    services.resume()
