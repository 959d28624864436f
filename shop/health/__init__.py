"""Is the shop well? Live, ready (each dependency with its latency) and metrics for Prometheus.

Stands at the roof: it looks at every app. Must not change anything.
"""
