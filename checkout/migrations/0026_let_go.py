from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("checkout", "0025_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="is_let_go",
            field=models.BooleanField(db_default=False),
        ),
    ]
