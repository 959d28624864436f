"""What each e-mail is told in the preview: made up, in the shape of what its component tells it."""

from __future__ import annotations

from typing import Any

_SHOP = "https://shop.example"
_ORDER_URL = f"{_SHOP}/orders/ORD-2026000123/?key=sample"
_LAMP = {"name": "Anglepoise desk lamp", "options": "Moss", "quantity": 2, "expected": "", "line_total": "$118.00"}
_CHAIR = {
    "name": "Bentwood chair with a rather long name that has to wrap on a phone",
    "options": "Oak · Natural",
    "quantity": 1,
    "expected": "Expected to ship: Nov. 24, 2026",
    "line_total": "$240.00",
}
ORDER: dict[str, Any] = {
    "number": "ORD-2026000123",
    "status_label": "Payment Confirmed",
    "url": _ORDER_URL,
    "created_at": "Nov. 21, 2026, 9:30 a.m. (CST)",
    "lines": [_LAMP, _CHAIR],
    "subtotal": "$358.00",
    "discount": "$35.80",
    "discounts": ["Ten percent off from $50: $35.80"],
    "shipping": "$5.99",
    "tax": "$20.51",
    "tax_label": "Tax",
    "total": "$348.70",
    "shipping_address": ["Ada Lovelace", "1 Analytical Way", "Springfield, IL 62701", "United States of America"],
    "delivery_name": "Standard",
    "arrives": "Nov. 26, 2026",
    "gift_message": "Happy birthday, Charles!\nYours, Ada",
    "po_number": "PO-4711",
}
_PARCEL: dict[str, Any] = {
    "number": "ORD-2026000123-1",
    "position": 1,
    "count": 2,
    "carrier": "UPS",
    "tracking_number": "1Z999AA10123456784",
    "url": f"{_SHOP}/orders/ORD-2026000123/parcels/ORD-2026000123-1/?key=sample",
    "lines": [_LAMP],
    "to_come": [_CHAIR],
}
_PLACE = {"lines": ["State Street shop", "1 N State St", "Chicago, IL 60602"], "opening_hours": "Mon–Fri 9–19"}
_RETURNED: dict[str, Any] = {
    "number": "RET-2026000007",
    "url": f"{_SHOP}/returns/RET-2026000007/?key=sample",
    "label_url": f"{_SHOP}/returns/RET-2026000007/label.pdf?key=sample",
    "answer": "The lamp shows signs of use, so it cannot be sold as new any more.",
    "items": [{"units": 1, "name": "Anglepoise desk lamp", "reason": "I changed my mind"}],
    "postage": "Hand the parcel in; we pay the postage.",
    "send_by": "Please send it by Dec. 19, 2026.",
}
_TO_PAY = {
    "amount": "$348.70",
    "date": "Dec. 5, 2026",
    "rows": [
        {"label": "Account holder", "value": "Holdfast"},
        {"label": "IBAN", "value": "GB33 BUKB 2020 1555 5555 55"},
        {"label": "Reference", "value": "ORD-2026000123"},
    ],
}
_PRODUCT = {"name": "Anglepoise desk lamp", "options": "Moss", "url": f"{_SHOP}/products/anglepoise-desk-lamp/"}
_LINKS = {"url": f"{_SHOP}/restock/sample/", "leave_url": f"{_SHOP}/restock/sample/leave/"}

# By template; those about an order are told `ORDER` as well.
SAMPLES: dict[str, dict[str, Any]] = {
    "order_placed": {
        "about_payment": "We are taking the payment now and write again as soon as it is confirmed.",
    },
    "order_to_pay": {
        "order": {**ORDER, "paid": "$100.00", "to_pay": "$248.70"},
        "amount": "$248.70",
        "until": "Nov. 24, 2026, 9:30 a.m. (CST)",
        "is_made_for_you": True,
    },
    "order_paid": {},
    "balance_paid": {"amount": "$47.19"},
    "gift_card": {
        "amount": "$50.00",
        "code": "7K3M-Q9TX-2HVB-R4WN",
        "name": "Charles",
        "sender": "Ada Lovelace",
        "message": "Happy birthday!",
        "valid_until": "Nov. 22, 2028",
        "balance_url": f"{_SHOP}/gift-cards/",
        "shop_url": f"{_SHOP}/",
    },
    "gift_card_sent": {
        "amount": "$50.00",
        "name": "Charles",
        "recipient": "charles@example.com",
        "shop_url": f"{_SHOP}/",
    },
    "hold_moved": {"taken": "$100.00", "let_go": "$248.70", "kept": None, "to_pay": None},
    "payment_failed": {"reason": "Your card has insufficient funds.", "retry_url": _ORDER_URL, "hold_until": None},
    "invoice_overdue": {
        "open": "$348.70",
        "due": "Dec. 5, 2026",
        "account": [
            {"label": "Account holder", "value": "Holdfast"},
            {"label": "IBAN", "value": "GB33 BUKB 2020 1555 5555 55"},
        ],
    },
    "order_changed": {
        "removed": [{"name": "Wool blanket", "options": "Grey", "quantity": 1}],
        "added": [{"name": _LAMP["name"], "options": _LAMP["options"], "quantity": 1}],
        "reason": "",
        "is_moved": True,
        "is_sent_otherwise": False,
        "difference": "$15.30",
        "is_more": False,
        "is_less": True,
        "to_pay": None,
        "waits": "We send the order as soon as that is paid.",
        "comes_back": "$15.30",
    },
    "order_cancelled": {
        "reason": "The items sold out before your payment arrived. We are sorry.",
        "refund": "$348.70",
        "cart_url": None,
    },
    "order_ready": {"order": {**ORDER, "collect": _PLACE}, "shipment": _PARCEL},
    "order_shipped": {"shipment": _PARCEL},
    "parcel_delivered": {"shipment": _PARCEL},
    "units_delayed": {"lines": [_CHAIR]},
    "order_delivered": {},
    "feedback": {
        "items": [{"name": "Anglepoise desk lamp", "url": f"{_SHOP}/products/anglepoise-desk-lamp/#reviews"}],
        "feedback_url": f"{_SHOP}/orders/ORD-2026000123/feedback/?key=sample",
        "unsubscribe_url": f"{_SHOP}/emails/sample/stop/",
    },
    "refund_made": {
        "amount": "$12.00",
        "to": "It goes back the way you paid: Card.",
        "takes": "Banks take up to five working days to show it.",
    },
    "order_note": {"text": "We have packed your chair with extra care.\nThe key for its screws is taped underneath."},
    "order_link": {"is_renewed": False},
    "invoice": {
        "document": {"number": "INV-2026-000042", "total": "$348.70", "corrects": "", "replaces": "", "reason": ""},
        "to_pay": _TO_PAY,
        "attachments": [],
    },
    "credit_note": {
        "document": {
            "number": "CN-2026-000007",
            "total": "$348.70",
            "corrects": "INV-2026-000042",
            "reason": "The company's name was missing.",
        },
        "to_pay": None,
        "attachments": [],
    },
    "return_requested": {"returned": _RETURNED},
    "return_approved": {"returned": _RETURNED},
    "return_refused": {"returned": _RETURNED},
    "return_rejected": {
        "returned": _RETURNED,
        "outcomes": ["Anglepoise desk lamp: 1 was found damaged and not accepted: nothing is given back for it."],
    },
    "return_received": {"returned": _RETURNED},
    "return_settled": {
        "returned": _RETURNED,
        "settled": {
            "amount": "$56.42",
            "refunded": "$56.42",
            "to": "the way it was paid",
            "destination": "original",
            "items": [{"units": 1, "name": "Anglepoise desk lamp", "amount": "$56.42"}],
            "goodwill": None,
            "unpaid": None,
            "rest": "$56.42",
            "sent": "",
            "is_to_pay": False,
            "why": "",
            "outcomes": [],
        },
    },
    "restock_joined": {"product": _PRODUCT, **_LINKS, "number": 3},
    "restock_held": {"product": _PRODUCT, **_LINKS, "until": "Nov. 22, 2026, 9:30 a.m. (CST)"},
    "account": {
        "subject": "Confirm your e-mail address",
        "lines": ["Please confirm that this address is yours."],
        "url": f"{_SHOP}/account/confirm-email/sample/",
        "label": "Confirm it",
    },
    "staff_notice": {
        "subject": "Refund of $12.00 for ORD-2026000123 failed",
        "lines": ["It was asked for 5 times.", "Try again from the list of refunds, or send the money another way."],
        "url": f"{_SHOP}/admin/",
    },
    "stock_low": {
        "sku": "LAMP-MOSS",
        "location": "Main warehouse",
        "available": 3,
        "threshold": 5,
        "url": f"{_SHOP}/admin/",
    },
    "stock_low_list": {
        "count": 2,
        "items": [
            {"sku": "LAMP-MOSS", "location": "Main warehouse", "available": 3},
            {"sku": "CHAIR-OAK", "location": "Main warehouse", "available": 0},
        ],
        "url": f"{_SHOP}/admin/",
    },
    "stock_drift": {
        "count": 1,
        "findings": ["LAMP-MOSS at Main warehouse: on hand says 12, its movements add up to 11"],
        "url": f"{_SHOP}/admin/",
    },
    "purchase_order": {
        "number": "PO-2026-0007",
        "supplier": "Lumen Ltd",
        "location": "Main warehouse",
        "expected_on": "Dec. 1, 2026",
        "note": "Please deliver before noon.",
        "lines": [
            {"sku": "LAMP-MOSS", "supplier_sku": "L-77", "quantity": 40, "cost": "$21.00", "total": "$840.00"},
        ],
        "total": "$840.00",
    },
}


def context(template: str) -> dict[str, Any]:
    """What `template` is told in its preview. Raises `KeyError` for one that has no sample."""
    return {"order": ORDER, **SAMPLES[template]}
