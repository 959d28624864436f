"""The money ledger, captures, disputes and reconciliation."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db

# Nobody changes what was posted: what was wrong is taken back by a row of its own.
APPEND_ONLY = """
CREATE FUNCTION checkout_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: post a reversal' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER checkout_ledgerentry_append_only BEFORE UPDATE OR DELETE ON checkout_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION checkout_ledger_is_append_only();
"""
REVERSE = """
DROP TRIGGER checkout_ledgerentry_append_only ON checkout_ledgerentry;
DROP FUNCTION checkout_ledger_is_append_only();
"""
# What was recorded before there was a ledger: one row for what was held, one for what was taken, one for each refund.
POST_HISTORY = """
INSERT INTO checkout_ledgerentry
    (id, order_id, payment_id, event_id, debit, credit, amount_minor, currency, is_reversal, at)
SELECT gen_random_uuid(), event.order_id, event.payment_id, event.id, moved.debit, moved.credit,
    event.amount_minor, event.currency, moved.is_reversal, event.at
FROM checkout_paymentevent event
JOIN checkout_payment payment ON payment.id = event.payment_id AND payment.currency = event.currency
CROSS JOIN LATERAL (VALUES
    ('captured', 'provider_clearing:' || payment.provider, 'customer_receivable', false),
    ('refunded', 'customer_receivable', 'refunds_payable:' || payment.provider, false),
    ('refunded', 'refunds_payable:' || payment.provider, 'provider_clearing:' || payment.provider, false),
    ('refund_pending', 'customer_receivable', 'refunds_payable:' || payment.provider, false)
) AS moved (kind, debit, credit, is_reversal)
WHERE moved.kind = event.kind AND event.amount_minor > 0
AND NOT EXISTS (
    SELECT 1 FROM checkout_paymentevent later
    WHERE later.payment_id = event.payment_id AND later.reference = event.reference
    AND (later.kind = 'refund_failed' AND event.kind IN ('refunded', 'refund_pending')
         OR later.kind = 'refunded' AND event.kind = 'refund_pending')
);
INSERT INTO checkout_ledgerentry
    (id, order_id, payment_id, event_id, debit, credit, amount_minor, currency, is_reversal, at)
SELECT DISTINCT ON (payment.id) gen_random_uuid(), event.order_id, payment.id, event.id,
    'holds:' || payment.provider, 'promised', payment.authorised_minor - payment.captured_minor,
    payment.currency, false, event.at
FROM checkout_payment payment
JOIN checkout_paymentevent event ON event.payment_id = payment.id AND event.kind = 'authorised'
WHERE payment.authorised_minor > payment.captured_minor
ORDER BY payment.id, event.id;
"""


class Migration(migrations.Migration):
    dependencies = [("checkout", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=40, verbose_name="provider")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("clean", "equal"),
                            ("different", "different"),
                            ("unreachable", "the provider did not answer"),
                        ],
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                ("compared", models.PositiveIntegerField(default=0, verbose_name="payments compared")),
                ("problem", models.CharField(blank=True, max_length=300, verbose_name="problem")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
            ],
            options={
                "verbose_name": "reconciliation",
                "verbose_name_plural": "reconciliations",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="order",
            name="held_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="secured_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="capture_when",
            field=models.CharField(
                choices=[
                    ("at_once", "at once"),
                    ("on_shipment", "on shipment, parcel by parcel"),
                    ("after_review", "after a person has approved it"),
                    ("promise", "by the customer, who promised to send it"),
                    ("with_rest", "with the rest of the order"),
                ],
                db_default="at_once",
                max_length=20,
                verbose_name="captured",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="disputed_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="refund",
            name="attempt",
            field=models.PositiveSmallIntegerField(db_default=1),
        ),
        migrations.AddField(
            model_name="refund",
            name="retry_of",
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("order_id", models.UUIDField()),
                ("payment_id", models.UUIDField()),
                ("event_id", models.UUIDField()),
                ("debit", models.CharField(max_length=80, verbose_name="to")),
                ("credit", models.CharField(max_length=80, verbose_name="from")),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("is_reversal", models.BooleanField(db_default=False, verbose_name="takes back")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="posted"),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ["id"],
                "indexes": [
                    models.Index(models.F("payment_id"), name="ledger_payment"),
                    models.Index(models.F("order_id"), name="ledger_order"),
                    models.Index(models.F("debit"), models.F("currency"), name="ledger_debit"),
                    models.Index(models.F("credit"), models.F("currency"), name="ledger_credit"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="ledger_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("debit", models.F("credit")), _negated=True), name="ledger_two_accounts"
                    ),
                    models.UniqueConstraint(
                        models.F("event_id"), models.F("debit"), models.F("credit"), name="ledger_posted_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentOptions",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "capture_when",
                    models.CharField(
                        choices=[
                            ("at_once", "at once"),
                            ("on_shipment", "on shipment, parcel by parcel"),
                            ("after_review", "after a person has approved it"),
                        ],
                        default="at_once",
                        max_length=20,
                        verbose_name="take the money",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment options",
                "verbose_name_plural": "payment options",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="payment_options_one")],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing_here", "not in our books"),
                            ("missing_there", "not in the provider's list"),
                            ("amount", "amount taken"),
                            ("refunded", "amount given back"),
                            ("currency", "currency"),
                            ("state", "state"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                ("reference", models.CharField(max_length=255, verbose_name="provider's reference")),
                ("payment_id", models.UUIDField(null=True)),
                ("order_id", models.UUIDField(null=True)),
                ("ours", models.CharField(blank=True, max_length=100, verbose_name="our books")),
                ("theirs", models.CharField(blank=True, max_length=100, verbose_name="the provider")),
                (
                    "reconciliation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="checkout.reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name": "difference",
                "verbose_name_plural": "differences",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Capture",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("order_id", models.UUIDField()),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("is_final", models.BooleanField(default=True, verbose_name="final")),
                (
                    "status",
                    models.CharField(
                        choices=[("requested", "requested"), ("done", "done"), ("failed", "failed")],
                        default="requested",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=200, verbose_name="problem")),
                ("actor", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="captures", to="checkout.payment"
                    ),
                ),
            ],
            options={
                "verbose_name": "capture",
                "verbose_name_plural": "captures",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        models.F("created_at"), condition=models.Q(("status", "requested")), name="capture_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="capture_amount")
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("payment_id", models.UUIDField()),
                ("reference", models.CharField(max_length=255, verbose_name="provider's reference")),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("won", "won"), ("lost", "lost")],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60, verbose_name="reason")),
                ("due_at", models.DateTimeField(null=True, verbose_name="answer due")),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="opened"),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disputes", to="checkout.order"
                    ),
                ),
            ],
            options={
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(models.F("payment_id"), models.F("reference"), name="dispute_once")
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, REVERSE),
        migrations.RunSQL(POST_HISTORY, migrations.RunSQL.noop),
    ]
