from django.conf import settings
from django.db import migrations


def to_promotions(apps, schema_editor):
    """A coupon's percentage or amount was off the whole order, on top of other coupons'."""
    Promotion = apps.get_model("cart", "Promotion")
    Coupon = apps.get_model("cart", "Coupon")
    Redemption = apps.get_model("cart", "Redemption")
    for coupon in Coupon.objects.filter(promotion__isnull=True).iterator():
        currency = coupon.currency or settings.DEFAULT_CURRENCY
        is_percent = coupon.kind == "percent"
        terms = {"percent": str(coupon.percent)} if is_percent else {"amounts": {currency: coupon.amount_minor}}
        if coupon.starts_at and coupon.ends_at and coupon.ends_at <= coupon.starts_at:  # it never was of use
            coupon.starts_at = None
        coupon.promotion = Promotion.objects.create(
            name=coupon.name,
            status="active",
            lane="order",
            kind=coupon.kind,
            terms=terms,
            conditions={"minimum": {currency: coupon.minimum_minor}} if coupon.minimum_minor else {},
            needs_code=True,
            is_combinable=True,
            starts_at=coupon.starts_at,
            ends_at=coupon.ends_at
            if not coupon.starts_at or not coupon.ends_at or coupon.ends_at > coupon.starts_at
            else None,
        )
        coupon.save(update_fields=["promotion"])
        Redemption.objects.filter(coupon=coupon).update(promotion=coupon.promotion, currency=currency)


class Migration(migrations.Migration):
    """Each coupon of before becomes a promotion with one coupon."""

    dependencies = [("cart", "0005_promotions")]

    operations = [
        migrations.RunPython(to_promotions, migrations.RunPython.noop),
    ]
