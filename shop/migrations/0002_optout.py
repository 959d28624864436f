import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="OptOut",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("topic", models.CharField(max_length=40)),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "stopped e-mail",
                "verbose_name_plural": "stopped e-mails",
                "constraints": [models.UniqueConstraint(models.F("topic"), models.F("digest"), name="opt_out_once")],
            },
        ),
    ]
