"""What e-mails are called: each has a name, and no two the same."""

from __future__ import annotations

from shop.notifications import labels, samples


def test_every_mail_has_a_name_of_its_own() -> None:
    assert set(labels.LABELS) == set(samples.SAMPLES)
    assert len({str(name) for name in labels.LABELS.values()}) == len(labels.LABELS)


def test_a_mail_that_is_no_more_keeps_its_name() -> None:
    assert (labels.label("order_paid"), labels.label("of_long_ago")) == ("Order paid", "of_long_ago")
