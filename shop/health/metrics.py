"""What Prometheus reads: request times by route, and gauges that are measured when it asks."""

from __future__ import annotations

from prometheus_client import Histogram

REQUESTS = Histogram(
    "shop_request_seconds",
    "Time to answer, by route",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)


def observe_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    REQUESTS.labels(route, method, str(status)).observe(seconds)
