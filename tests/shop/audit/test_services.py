"""The audit log is sealed, and the seal tells who tampered with it (A43)."""

from datetime import timedelta

import pytest

from shop.audit import services
from shop.audit.models import AuditEntry, AuditSeal
from shop.core import db

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(monkeypatch):
    monkeypatch.setattr(services, "SETTLED_AFTER", timedelta(seconds=-1))


def record(count=3):
    for number in range(count):
        services.record(action="test.act", by="staff:1", object_type="thing", object_id=str(number), using=db.DEFAULT)


def test_an_untouched_log_verifies(settled):
    record()
    assert services.seal() == 3
    record(2)
    assert services.seal() == 2
    assert services.seal() == 0
    assert services.verify() == []


@pytest.mark.parametrize("tamper", ["change", "delete"])
def test_A43_tampering_is_named(settled, tamper):
    record()
    services.seal()
    victim = AuditEntry.objects.order_by("id")[1]
    if tamper == "change":
        AuditEntry.objects.filter(pk=victim.pk).update(actor="staff:2")
    else:
        AuditEntry.objects.filter(pk=victim.pk).delete()
    last = AuditSeal.objects.get()
    assert services.verify() == [
        f"audit log of default: entries up to {last.last_id} were changed ({3 - (tamper == 'delete')} found, 3 sealed)"
    ]


def test_young_entries_wait_for_the_next_seal():
    record()
    assert services.seal() == 0
