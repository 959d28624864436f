"""What makes a reservation one short statement."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_waitlist")]

    operations = []
