"""Orders placed and moved over REST: what a journey after the purchase needs before it begins."""

from __future__ import annotations

from urllib.parse import quote_plus
from uuid import uuid4

from tests.journeys import running

_THERE = {
    "shippingAddress": {
        "firstName": "Jane", "lastName": "Doe", "address1": "12 Market Street", "city": "Oakland", "state": "CA",
        "postalCode": "94607", "country": "US",
    },
    "deliveryOption": "standard",
}  # fmt: skip
_CARD = {"provider": "stripe", "token": "pm_card_visa"}


def in_cart(shop: running.Shop, words: str, *, units: int, token: str = "") -> tuple[str, str]:
    """Put the first product that is found into a guest's cart, or that of the customer whose `token` it is: the
    product's id, and the guest's key to the cart."""
    _status, found = shop.api("GET", f"products/search?q={quote_plus(words)}&limit=1")
    product_id = str(found["products"][0]["id"])
    status, cart = shop.api("POST", "cart/items", {"productId": product_id, "quantity": units}, token)
    assert status == 200, cart
    return product_id, str(cart["token"] or "")


def paid(shop: running.Shop, email: str, *, token: str = "", words: str = "lamp", units: int = 2) -> tuple[str, str]:
    """Units of one product, bought by a guest or by the customer whose `token` it is: the order's number, and the path
    of its page (a guest's with the key of the signed link)."""
    _product_id, key = in_cart(shop, words, units=units, token=token)
    number, path = ordered(shop, email, key=key, token=token)
    assert running.eventually(lambda: (number, "payment_confirmed") in shop.orders_of(email))
    return number, path


def ordered(shop: running.Shop, email: str, *, key: str, token: str = "") -> tuple[str, str]:
    """What is in the cart of a guest (by its `key`) or of a customer (by their `token`), ordered with a card that
    pays: the order's number, and the path of its page."""
    headers = {"X-Cart-Token": key} if key else {}
    _status, quote = shop.api("POST", "checkout/quote", _THERE, token, headers)
    wanted = {
        **_THERE, "email": email, "payment": _CARD, "expectedTotal": quote["totals"]["total"],
        "giftMessage": "Happy birthday!\nYours, Jane", "poNumber": "PO-4711",
    }  # fmt: skip
    status, made = shop.api("POST", "orders", wanted, token, headers | {"Idempotency-Key": str(uuid4())})
    assert status == 201, made
    number, key = made["number"], made.get("accessToken")
    return number, f"/orders/{number}/?key={key}" if key else f"/orders/{number}/"


def send(shop: running.Shop, number: str, *, tracking: str = "1Z999AA10123456784") -> None:
    """The warehouse picks everything and hands it to the carrier."""
    token = shop.staff_token
    for path, body in (
        ("transitions", {"trigger": "start_fulfillment"}),
        ("transitions", {"trigger": "items_picked"}),
        ("shipments", {"carrier": "UPS", "trackingNumber": tracking}),
    ):
        _do(shop, number, path, body, token)


def deliver(shop: running.Shop, number: str) -> None:
    """The parcel has arrived."""
    _do(shop, number, "transitions", {"trigger": "delivery_confirmed"}, shop.staff_token)


def _do(shop: running.Shop, number: str, path: str, body: dict[str, str], token: str) -> None:
    """Again while it is refused: the parcel is opened by a worker."""

    def done() -> tuple[int, object] | None:
        status, answer = shop.api("POST", f"orders/{number}/{path}", body, token)
        return None if status == 409 else (status, answer)

    status, answer = running.eventually(done) or (409, "still refused")
    assert status in {200, 201}, answer
