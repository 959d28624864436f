"""Who hears which event. Subscribers run in a Celery worker, get the event's data, may run twice, and make one call.

Named by dotted path, so that this table imports nothing and reads as what it is.
"""

from shop.events import types

SUBSCRIBERS: dict[type[types.Event], tuple[str, ...]] = {
    types.ProductChanged: (
        "catalog.search.receivers.index_product",
        "catalog.recommendations.receivers.describe_product",
    ),
    types.ProductsImported: (
        "catalog.search.receivers.index_products",
        "catalog.recommendations.receivers.describe_products",
    ),
    types.PriceChanged: (
        "catalog.search.receivers.index_product",
        "catalog.recommendations.receivers.describe_product",
    ),
    types.PricesChanged: (
        "catalog.search.receivers.index_products",
        "catalog.recommendations.receivers.describe_products",
    ),
    types.PromotionChanged: ("cart.promotions.receivers.show_in_lists",),
    types.CategoryChanged: (
        "catalog.products.receivers.reprice_category",
        "catalog.search.receivers.index_category",
    ),
    types.BrandChanged: (
        "catalog.products.receivers.reprice_brand",
        "catalog.search.receivers.index_brand",
    ),
    types.ProductTypeChanged: ("catalog.search.receivers.index_product_type",),
    types.ReviewPosted: ("catalog.search.receivers.index_product",),
    types.StockChanged: (
        "catalog.search.receivers.index_variant",
        "inventory.waitlist.receivers.offer",
    ),
    types.StockLow: ("inventory.stock.receivers.alert_low",),
    types.StockReserved: (),
    types.ReservationExpired: ("checkout.purchase.receivers.cancel_unpaid",),
    types.UnitsReallotted: ("checkout.fulfilment.receivers.follow_stock",),
    types.UnitsMissed: ("checkout.fulfilment.receivers.finish_wait",),
    types.WaitingJoined: ("catalog.restock.receivers.mail_joined",),
    types.UnitHeld: ("catalog.restock.receivers.mail_held",),
    types.CartAbandoned: (),
    types.OrderPlaced: (
        "checkout.payments.receivers.charge",
        "checkout.payments.receivers.mail_order_placed",
    ),
    types.PaymentRetried: ("checkout.payments.receivers.charge",),
    types.BalancePaid: (
        "checkout.fulfilment.receivers.move_on",
        "checkout.payments.receivers.mail_balance_paid",
        "checkout.giftcards.receivers.settle",
    ),
    types.CardRemoved: ("checkout.payments.receivers.forget_card",),
    types.PaymentFailed: ("checkout.payments.receivers.mail_payment_failed",),
    types.OrderPaid: (
        "checkout.orders.receivers.commit_stock",
        "checkout.payments.receivers.mail_order_paid",
        "checkout.fulfilment.receivers.open_shipment",
        "catalog.reviews.receivers.note_purchases",
        "catalog.recommendations.receivers.note_order",
        "checkout.invoices.receivers.settle",
        "checkout.giftcards.receivers.settle",
    ),
    types.OrderCancelled: (
        "checkout.orders.receivers.give_back_stock",
        "checkout.payments.receivers.give_back_money",
        "checkout.fulfilment.receivers.cancel_shipments",
        "checkout.purchase.receivers.give_back_cart",
        "checkout.orders.receivers.mail_order_cancelled",
        "catalog.recommendations.receivers.withdraw_order",
        "checkout.invoices.receivers.settle",
        "checkout.giftcards.receivers.settle",
    ),
    types.OrderChanged: (
        "checkout.changes.receivers.settle_units",
        "checkout.returns.receivers.note_back",
        "checkout.changes.receivers.mail_order_changed",
        "checkout.fulfilment.receivers.capture_value",
        "checkout.invoices.receivers.settle",
        "checkout.giftcards.receivers.settle",
    ),
    types.DocumentIssued: ("checkout.invoices.receivers.mail_document",),
    types.ShipmentDispatched: (
        "checkout.fulfilment.receivers.ship_stock",
        "checkout.fulfilment.receivers.capture_value",
        "checkout.fulfilment.receivers.mail_order_shipped",
        "checkout.invoices.receivers.settle",
    ),
    types.ShipmentDelivered: ("checkout.fulfilment.receivers.mail_parcel_delivered",),
    types.UnitsShort: ("checkout.changes.receivers.cancel_short",),
    types.UnitsDelayed: ("checkout.fulfilment.receivers.mail_delayed",),
    types.LabelForgotten: ("checkout.fulfilment.receivers.void_label",),
    types.LabelKept: ("checkout.fulfilment.receivers.mail_label_kept",),
    types.ParcelInTrouble: ("checkout.fulfilment.receivers.mail_trouble",),
    types.OrderDelivered: ("checkout.orders.receivers.mail_order_delivered",),
    types.RefundRequested: (
        "checkout.payments.receivers.refund",
        "checkout.invoices.receivers.settle",
    ),
    types.RefundMade: (
        "checkout.payments.receivers.mail_refund_made",
        "checkout.invoices.receivers.settle",
    ),
    types.RefundFailed: ("checkout.payments.receivers.mail_refund_failed",),
    types.CaptureRequested: ("checkout.payments.receivers.capture",),
    types.CaptureFailed: ("checkout.payments.receivers.mail_capture_failed",),
    types.HoldMoved: ("checkout.payments.receivers.mail_hold_moved",),
    types.VoidRequested: ("checkout.payments.receivers.void_rest",),
    types.DisputeChanged: ("checkout.disputes.receivers.mail_staff",),
    types.OrderRefunded: (
        "checkout.fulfilment.receivers.give_back_stock",
        "checkout.fulfilment.receivers.cancel_shipments",
        "checkout.invoices.receivers.settle",
        "checkout.giftcards.receivers.settle",
    ),
    types.ReturnRequested: ("checkout.returns.receivers.mail_requested",),
    types.ReturnApproved: ("checkout.returns.receivers.mail_approved",),
    types.ReturnRefused: ("checkout.returns.receivers.mail_refused",),
    types.ReturnReceived: ("checkout.returns.receivers.mail_received",),
    types.ReturnInspected: ("checkout.returns.receivers.restock",),
    types.ReturnRejected: ("checkout.returns.receivers.mail_rejected",),
    types.ReturnSettled: (
        "checkout.returns.receivers.complete_exchange",
        "checkout.returns.receivers.mail_settled",
        "checkout.returns.receivers.issue_papers",
        "checkout.giftcards.receivers.settle",
    ),
    types.ExchangeDone: ("checkout.returns.receivers.mail_settled",),
    types.PrintAsked: ("checkout.warehouse.receivers.draw",),
    types.CustomerRegistered: (
        "checkout.orders.receivers.claim_guest_orders",
        "checkout.archive.receivers.claim_guest_orders",
    ),
    types.ConsentChanged: ("catalog.recommendations.receivers.follow_consent",),
    types.CustomerErased: (
        "catalog.reviews.receivers.forget_author",
        "catalog.recommendations.receivers.forget_customer",
    ),
}
