"""Pages of the checkout app."""

from django.urls import path

from checkout.desk import views as desk
from checkout.purchase import views as purchase

urlpatterns = [
    path("checkout/", purchase.details, name="checkout"),
    path("checkout/payment/", purchase.payment, name="payment"),
    path("checkout/place", purchase.place, name="checkout_place"),
    path("checkout/line/<str:token>/", purchase.turn, name="checkout_turn"),
    path("account/orders/", desk.history, name="order_history"),
    path("orders/find/", desk.lookup, name="order_lookup"),
    path("orders/<str:number>/", desk.order, name="order"),
    path("orders/<str:number>/status/", desk.status, name="order_status"),
    path("orders/<str:number>/cancel/", desk.cancel, name="order_cancel"),
    path("orders/<str:number>/pay/", desk.pay, name="order_pay"),
    path("orders/<str:number>/pay/page/", desk.payment_page, name="order_payment_page"),
]
