"""Pages of the checkout app."""

from django.urls import path

from checkout.cards import views as cards
from checkout.desk import views as desk
from checkout.feedback import views as feedback
from checkout.giftcards import views as giftcards
from checkout.invoices import views as invoices
from checkout.purchase import views as purchase
from checkout.returns import views as returns
from checkout.storecredit import views as storecredit

urlpatterns = [
    path("orders/<str:number>/return/", returns.ask, name="order_return"),
    path("returns/<str:number>/", returns.page, name="return"),
    path("returns/<str:number>/label.pdf", returns.label_pdf, name="return_label"),
    path("returns/<str:number>/sent/", returns.sent, name="return_sent"),
    path("returns/<str:number>/cancel/", returns.cancel, name="return_cancel"),
    path("returns/<str:number>/photos/<uuid:photo_id>/", returns.photo, name="return_photo"),
    path("account/cards/", cards.cards, name="saved_cards"),
    path("account/cards/<uuid:pk>/delete/", cards.delete, name="saved_card_delete"),
    path("account/cards/<uuid:pk>/default/", cards.make_default, name="saved_card_default"),
    path("account/credit/", storecredit.credit, name="store_credit"),
    path("checkout/", purchase.details, name="checkout"),
    path("checkout/payment/", purchase.payment, name="payment"),
    path("checkout/gift-card/", giftcards.use, name="gift_card_use"),
    path("checkout/gift-card/remove/", giftcards.drop, name="gift_card_drop"),
    path("gift-cards/", giftcards.balance, name="gift_card"),
    path("checkout/place", purchase.place, name="checkout_place"),
    path("checkout/line/<str:token>/", purchase.turn, name="checkout_turn"),
    path("account/orders/", desk.history, name="order_history"),
    path("orders/find/", desk.lookup, name="order_lookup"),
    path("orders/<str:number>/", desk.order, name="order"),
    path("orders/<str:number>/documents/", invoices.documents, name="order_documents"),
    path("orders/<str:number>/documents/<str:document>.pdf", invoices.document, name="order_document"),
    path("orders/<str:number>/status/", desk.status, name="order_status"),
    path("orders/<str:number>/parcels/<str:parcel>/", desk.parcel, name="order_parcel"),
    path("orders/<str:number>/cancel/", desk.cancel, name="order_cancel"),
    path("orders/<str:number>/cancel/units/", desk.cancel_units, name="order_cancel_units"),
    path("orders/<str:number>/feedback/", feedback.feedback, name="order_feedback"),
    path("orders/<str:number>/reorder/", desk.reorder, name="order_reorder"),
    path("orders/<str:number>/pay/", desk.pay, name="order_pay"),
    path("orders/<str:number>/pay/page/", desk.payment_page, name="order_payment_page"),
]
