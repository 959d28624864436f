from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("checkout", "0013_archive")]

    operations = []
