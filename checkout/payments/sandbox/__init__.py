"""The payment sandbox: an outside service that stands in for Stripe, with no internet.

Owns: its own process, its own SQLite file, its payment and challenge pages. Offers: the part of
Stripe's API that the provider uses, signed webhooks, and switches for faults (``/_sandbox/``).
Must not: import anything of the shop (``checks.py``, which guards its use, aside) or touch the
shop's database. What it answers is compared with Stripe's own description in ``tests/verification``.
"""
