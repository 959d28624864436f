"""REST calls of the checkout app."""

from django.urls import URLPattern, URLResolver, path

from checkout.api import changes, desk, files, gifts, returns, shopper, staff
from checkout.fulfilment import webhooks as carriers
from checkout.payments import webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/stripe", webhooks.stripe, name="stripe_webhook"),
    path("webhooks/paypal", webhooks.paypal, name="paypal_webhook"),
    path("webhooks/carriers/<str:name>", carriers.carrier, name="carrier_webhook"),
    path("checkout/quote", shopper.QuoteResource.as_view(), name="api_checkout_quote"),
    path("gift-cards/balance", gifts.Balance.as_view(), name="api_gift_card_balance"),
    path("orders", shopper.OrdersResource.as_view(), name="api_orders"),
    path("orders/line/<str:token>", shopper.TurnResource.as_view(), name="api_order_turn"),
    path("orders/<str:number>", shopper.OrderResource.as_view(), name="api_order"),
    path("orders/<str:number>/documents/<str:document>.pdf", files.DocumentFile.as_view(), name="api_order_document"),
    path("orders/<str:number>/cancel", shopper.OrderCancel.as_view(), name="api_order_cancel"),
    path("orders/<str:number>/changes", changes.Changes.as_view(), name="api_order_changes"),
    path("orders/<str:number>/returns", returns.Returns.as_view(), name="api_order_returns"),
    path(
        "orders/<str:number>/returns/<str:return_number>/photos/<uuid:photo_id>.jpg",
        files.ReturnPhotoFile.as_view(),
        name="api_order_return_photo",
    ),
    path("orders/<str:number>/notes", desk.Notes.as_view(), name="api_order_notes"),
    path("drafts", desk.Drafts.as_view(), name="api_drafts"),
    path("drafts/<uuid:draft_id>/place", desk.PlaceDraft.as_view(), name="api_draft_place"),
    path("orders/<str:number>/transitions", staff.Transitions.as_view(), name="api_order_transitions"),
    path("orders/<str:number>/refunds", staff.Refunds.as_view(), name="api_order_refunds"),
    path("orders/<str:number>/captures", staff.Captures.as_view(), name="api_order_captures"),
    path("orders/<str:number>/voids", staff.Voids.as_view(), name="api_order_voids"),
    path("orders/<str:number>/shipments", staff.Shipments.as_view(), name="api_order_shipments"),
]
