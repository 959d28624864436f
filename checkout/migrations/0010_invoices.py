from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("checkout", "0009_picking")]

    operations = []
