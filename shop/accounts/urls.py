"""Pages of accounts. Signing in, up and out, e-mail, password and second factor are allauth's."""

from django.urls import include, path

from shop.accounts import views

urlpatterns = [
    path("addresses/", views.address_list, name="address_list"),
    path("addresses/add/", views.address_add, name="address_add"),
    path("addresses/<uuid:pk>/", views.address_edit, name="address_edit"),
    path("addresses/<uuid:pk>/delete/", views.address_delete, name="address_delete"),
    path("preferences/", views.preferences, name="preferences"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
