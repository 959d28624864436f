"""F36: the clock of one machine is ten minutes off. Holds end by the database's clock; old messages are refused."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from checkout.payments.sandbox.webhooks import signature
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from shop.core import db
from tests.factories.inventory import stocked
from tests.faults import killed
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

# A process on a machine whose clock is so many minutes off: everything in Python that asks for the time gets that one.
SCRIPT = """
import sys, time

import time_machine

import django

minutes, job = int(sys.argv[1]), sys.argv[2]
django.setup()
time_machine.travel(time.time() + minutes * 60, tick=True).start()
exec(sys.argv[2])
"""
NAIVE = """
from django.utils import timezone
from inventory.reservations.models import Reservation
print(Reservation.objects.filter(status="open", expires_at__lte=timezone.now()).count())
"""
EXPIRE = "from inventory.reservations import tasks; tasks.expire()"
RECEIVE = """
from checkout.payments.providers import base
from checkout.payments.providers.stripe import Stripe
made = Stripe(secret_key="sk_test_sandbox", webhook_secret="whsec", api_base="http://127.0.0.1:1")
try:
    made.parse_webhook(sys.argv[3].encode(), {"Stripe-Signature": sys.argv[4]})
except base.BadSignature as error:
    print("Timestamp outside" in str(error))
"""


def elsewhere(minutes: int, job: str, *args: str) -> str:
    """Do the job in a process whose clock is `minutes` off; what it printed."""
    command = [sys.executable, "-c", SCRIPT, str(minutes), job, *args]
    done = subprocess.run(
        command, cwd=killed.ROOT, env=killed.environment() | {"DJANGO_SETTINGS_MODULE": "shop.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def hold(*, minutes: int) -> Reservation:
    """A unit held until so many minutes from now (or ago), by the database's clock."""
    item, reference = stocked(5), db.uuid7()
    reservations.reserve(quantities={item.variant_id: 1}, reference=reference, ttl=timedelta(minutes=15), by="guest")
    Reservation.objects.filter(reference=reference).update(expires_at=Now() + timedelta(minutes=minutes))
    return Reservation.objects.get(reference=reference)


@pytest.mark.parametrize("minutes", [10, -10])
def test_F36_holds_end_neither_early_nor_late(minutes: int) -> None:
    lasting, over = hold(minutes=5), hold(minutes=-1)
    elsewhere(minutes, EXPIRE)
    lasting.refresh_from_db()
    over.refresh_from_db()
    assert (lasting.status, over.status) == (Reservation.Status.OPEN, Reservation.Status.EXPIRED)
    assert violations() == []


@pytest.mark.parametrize(("minutes", "found"), [(10, "2"), (-10, "0")])
def test_F36_control_by_the_machines_clock_they_do(minutes: int, found: str) -> None:
    """What a query with the machine's own time would have taken: the lasting hold as well, or not even the other."""
    hold(minutes=5)
    hold(minutes=-1)
    assert elsewhere(minutes, NAIVE) == found


def test_F36_a_machine_ahead_refuses_a_message_as_too_old() -> None:
    body = '{"id": "evt_1"}'
    assert elsewhere(10, RECEIVE, body, signature(body.encode(), "whsec", int(time.time()))) == "True"
    assert violations() == []
