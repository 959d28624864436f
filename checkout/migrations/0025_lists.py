from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the lists of the ledger, receivables, store credit and drafts are filtered and searched by."""

    atomic = False

    dependencies = [("checkout", "0024_goodwill_of_reimbursements")]

    operations = [
        AddIndexConcurrently(
            model_name="ledgerentry",
            index=models.Index(models.F("currency"), models.OrderBy(models.F("id"), descending=True), name="ledger_currency"),
        ),
        AddIndexConcurrently(
            model_name="ledgerentry",
            index=models.Index(models.F("id"), condition=models.Q(("is_reversal", True)), name="ledger_reversals"),
        ),
        AddIndexConcurrently(
            model_name="receivable",
            index=models.Index(OpClass("order_number", name="varchar_pattern_ops"), name="receivable_order_number"),
        ),
        AddIndexConcurrently(
            model_name="receivable",
            index=models.Index(models.F("currency"), models.OrderBy(models.F("id"), descending=True), name="receivable_currency"),
        ),
        AddIndexConcurrently(
            model_name="creditentry",
            index=models.Index(models.F("kind"), models.OrderBy(models.F("id"), descending=True), name="credit_entry_kind"),
        ),
        AddIndexConcurrently(
            model_name="creditentry",
            index=models.Index(models.F("document"), condition=models.Q(("document", ""), _negated=True), name="credit_entry_document"),
        ),
        AddIndexConcurrently(
            model_name="draft",
            index=models.Index(models.OrderBy(models.F("id"), descending=True), condition=models.Q(("order_id__isnull", True)), name="draft_open"),
        ),
        AddIndexConcurrently(
            model_name="draft",
            index=models.Index(OpClass("email", name="varchar_pattern_ops"), models.OrderBy(models.F("id"), descending=True), name="draft_email"),
        ),
        migrations.AlterField(
            model_name="printjob", name="expires_at", field=models.DateTimeField(verbose_name="kept until")
        ),
    ]
