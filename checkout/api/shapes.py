"""What goes in and out of the checkout's calls: addresses, quotes, orders."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from cart import api as cart_api
from cart import api_shapes
from cart.tax import words as tax_words
from checkout.api import deliveries, documents, parcels, places
from checkout.giftcards import rules as gift_rules
from checkout.orders import access
from checkout.payments import methods
from shop.core import requests
from shop.core.fields import LineIO, LinesIO


class VatIdIO(LineIO):
    """A company's VAT id: reverse charge where it counts. 422 `vat_id_invalid` for one that cannot be, or that the
    register does not know."""

    def __init__(self, **about: Any) -> None:
        super().__init__(**{"max_length": 20, "required": False, "allow_blank": True, "default": "", **about})


class QuoteIn(serializers.Serializer[Any]):
    shipping_address = places.PlaceIO(required=False)
    delivery_option = serializers.CharField(required=False, max_length=40)
    vat_id = VatIdIO()
    email = serializers.EmailField(required=False, help_text="Of a guest: some coupons are for a first order.")
    currency = serializers.CharField(required=False, max_length=3, help_text="If said, it has to be the cart's.")


class QuoteOut(api_shapes.ExplainedOut):
    delivery_options = deliveries.DeliveryOptionOut(many=True)
    totals = cart_api.TotalsOut()
    currency = serializers.CharField()
    tax_note = serializers.CharField(help_text="Why no tax is charged, or still is; empty for nothing to say.")
    messages = serializers.ListField(child=serializers.CharField())


class PaymentIn(serializers.Serializer[Any]):
    """`token` is the provider's name for the card ("pm_card_visa" in the sandbox), `savedCard` the id of one of the
    customer's own cards instead; a transfer and an invoice have none. `saveCard` keeps a new card for the next order.
    `useCredit` pays as much as the customer's store credit can; "store_credit" alone pays everything with it.
    `giftCards` are the codes of gift cards that pay first, in this order; "gift_card" says that they pay everything."""

    provider = serializers.ChoiceField(choices=[*(method.provider for method in methods.METHODS), *methods.BALANCES])
    token = serializers.RegexField(r"^[A-Za-z0-9_-]*$", max_length=255, required=False, allow_blank=True, default="")
    saved_card = serializers.UUIDField(required=False, allow_null=True, default=None)
    save_card = serializers.BooleanField(required=False, default=False)
    use_credit = serializers.BooleanField(required=False, default=False)
    gift_cards = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=gift_rules.MOST_CARDS
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["provider"] not in {method.provider for method in methods.by_id().values()} | {*methods.BALANCES}:
            raise serializers.ValidationError({"provider": [_("This shop does not take it.")]})
        needs_token = {method.provider for method in methods.METHODS if method.needs_token}
        if attrs["provider"] in needs_token and not (
            attrs["token"] or attrs["saved_card"] or attrs["use_credit"] or attrs["gift_cards"]
        ):
            raise serializers.ValidationError({"token": [_("Send the payment method's token.")]})
        return attrs


class AmountField(serializers.DecimalField):
    """A decimal as the schema's pattern has it: digits and a point, no exponent."""

    def to_internal_value(self, data: Any) -> Any:
        if "e" in str(data).lower():
            self.fail("invalid")
        return super().to_internal_value(data)


class OrderIn(serializers.Serializer[Any]):
    """What `POST orders` takes; `expectedTotal` is what the shopper has agreed to pay, in the cart's currency."""

    email = serializers.EmailField(max_length=254)
    shipping_address = places.AddressIO()
    billing_address = places.AddressIO(required=False)
    delivery_option = serializers.CharField(max_length=40)
    payment = PaymentIn()
    currency = serializers.CharField(required=False, max_length=3, help_text="If said, it has to be the cart's.")
    expected_total = AmountField(max_digits=15, decimal_places=4, min_value=0)
    gift_message = LinesIO(max_length=500, required=False, allow_blank=True, default="")
    po_number = LineIO(max_length=60, required=False, allow_blank=True, default="")
    vat_id = VatIdIO()


class BundleOut(serializers.Serializer[Any]):
    """Of which bundle an item is a part; all items of the same `id` are parts of the same `quantity` bundles."""

    id = serializers.CharField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()


class OrderItemOut(serializers.Serializer[Any]):
    """`quantity` counts units that are part of the order, `returned` ones among them; `removed` ones were taken off."""

    line_id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    variant_id = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    removed = serializers.IntegerField()
    returned = serializers.IntegerField()
    unit_price = serializers.CharField()
    line_total = serializers.CharField()
    expected_on = serializers.DateField(allow_null=True)
    customizations = api_shapes.CustomizationOut(many=True)
    bundle = BundleOut(allow_null=True)


class DeliveryOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    arrives_by = serializers.DateField(allow_null=True)


class PaymentOut(serializers.Serializer[Any]):
    """Where the payment stands: pending (`isDelayed`: the provider does not answer at the moment and is asked again by
    itself, `message` says so), action (send the shopper to `actionUrl`), declined (`message` says why),
    awaiting_transfer (`instructions`), review, confirmed, cancelled or expired; balance: the order goes on, and its
    `balance` is to be paid at `payUrl`, the order's page, where another card can be tried as well."""

    state = serializers.CharField()
    message = serializers.CharField()
    action_url = serializers.CharField()
    is_delayed = serializers.BooleanField()
    pay_url = serializers.CharField()
    instructions = serializers.DictField(child=serializers.CharField())


class OrderOut(api_shapes.ExplainedOut):
    """An order. `accessToken` (sent back as `X-Order-Token`) only to the guest who placed it, in the first answer."""

    number = serializers.CharField()
    status = serializers.CharField()
    status_label = serializers.CharField()
    payment_status = serializers.CharField()
    payment = PaymentOut(required=False, help_text="Where one order is asked for.")
    fulfilment_status = serializers.CharField()
    email = serializers.EmailField()
    currency = serializers.CharField()
    items = OrderItemOut(many=True)
    totals = cart_api.TotalsOut()
    tax_note = serializers.CharField(help_text="Why no tax is charged, as the invoice says it.")
    due = serializers.CharField(help_text="What it costs, less what came back or was waived.")
    balance = serializers.CharField(help_text="Still to be paid; below zero, still to be given back.")
    revision = serializers.IntegerField(help_text="How often it was changed.")
    shipping_address = places.AddressIO()
    billing_address = places.AddressIO()
    delivery = DeliveryOut()
    shipments = parcels.ShipmentOut(many=True)
    documents = documents.DocumentOut(many=True, required=False, help_text="Where one order is asked for.")
    gift_message = serializers.CharField()
    po_number = serializers.CharField()
    placed_at = serializers.DateTimeField()
    access_token = serializers.CharField(required=False)


class OrderListOut(serializers.Serializer[Any]):
    data = OrderOut(many=True)  # type: ignore[assignment]  # the metaclass takes it for a field
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


def order(found: Any, *, shipments: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """An order (lines prefetched) in the API's shape."""
    money = found.money
    return {
        "number": found.number,
        "status": found.status,
        "status_label": str(found.get_status_display()),
        "payment_status": found.payment_state,
        "fulfilment_status": found.fulfilment_state,
        "email": found.email,
        "currency": found.currency,
        "items": [_item(found, line) for line in found.lines.all()],
        "totals": {
            "subtotal": cart_api.amount(money(found.subtotal_minor)),
            "discounts": cart_api.amount(money(found.discount_minor)),
            "shipping": cart_api.amount(money(found.shipping_minor)),
            "tax": cart_api.amount(money(found.tax_minor)),
            "total": cart_api.amount(found.total),
        },
        **api_shapes.kept(found),
        "tax_note": tax_words.of_paper(found.tax_facts),
        "due": cart_api.amount(money(found.due_minor)),
        "balance": cart_api.amount(money(found.balance_minor)),
        "revision": found.revision,
        "shipping_address": found.shipping_address,
        "billing_address": found.billing_address,
        "delivery": {
            "id": found.delivery_option,
            "name": found.delivery_name,
            "arrives_by": found.delivery_on.isoformat() if found.delivery_on else None,
        },
        "shipments": shipments or [],
        "gift_message": found.gift_message,
        "po_number": found.po_number,
        "placed_at": found.placed_at.isoformat(),
    }


def payment(found: Any, standing: Any) -> dict[str, Any]:
    """Where the order's payment stands, for programs."""
    page = access.url(found) if found.customer_id is None else reverse("order", args=[found.number])
    return {
        "state": standing.state,
        "message": str(_("Our payment partner does not answer at the moment; we try again."))
        if standing.is_delayed
        else standing.error,
        "is_delayed": standing.is_delayed,
        # A provider's own page is opened by the order's page, and not before somebody goes there.
        "action_url": standing.action_url or (requests.absolute(page) if standing.state == "action" else ""),
        "pay_url": requests.absolute(page),
        "instructions": dict(standing.instructions),
    }


def placed(found: Any) -> dict[str, Any]:
    """The answer to `POST orders`: the order as it was placed, the same however often it is asked for."""
    shape = order(found) | {
        "status": "payment_pending",
        "status_label": str(type(found).Status.PAYMENT_PENDING.label),
        "payment_status": "due",
        "fulfilment_status": "unfulfilled",
    }
    shape |= dict.fromkeys(("due", "balance"), cart_api.amount(found.total))
    return shape if found.customer_id else {**shape, "access_token": found.access_key}


def _item(found: Any, line: Any) -> dict[str, Any]:
    return {
        "line_id": str(line.pk),
        "product_id": str(line.product_id),
        "variant_id": str(line.variant_id),
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "removed": line.removed,
        "returned": line.returned,
        "unit_price": cart_api.amount(found.money(line.unit_price_minor)),
        "line_total": cart_api.amount(found.money(line.total_minor)),
        "expected_on": line.expected_on.isoformat() if line.expected_on else None,
        "bundle": line.bundle and {name: line.bundle[name] for name in ("id", "sku", "name", "quantity")},
        "customizations": api_shapes.customizations_of(line.customizations, found.currency),
    }


ORDER_HEADER = access.HEADER
