"""Store credit in the admin: balances and entries to look at, and one page that changes them with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.storecredit import forms, services
from checkout.storecredit.models import CreditAccount, CreditEntry
from shop.accounts import selectors as accounts
from shop.core import db, requests
from shop.core.admin import KeysetAdmin, KeysetList, NamedAdmin, PeriodFilter, ValueFilter, as_id
from shop.core.money import Money

GRANT = "checkout.grant_credit"


class CurrencyFilter(ValueFilter):
    title = gettext_lazy("currency")
    parameter_name = "currency"


class AccountList(KeysetList):
    """A page of accounts, each with its customer's e-mail address and name: one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = accounts.customers(account.customer_id for account in self.result_list)
        for account in self.result_list:
            account.person = _person(found, account)


@admin.register(CreditAccount)
class CreditAccountAdmin(KeysetAdmin):
    list_display = ["customer", "name", "balance_text", "created_at", "updated_at"]
    list_filter = [CurrencyFilter, PeriodFilter]
    sortable_by = ["created_at"]
    search_fields = ["customer_id"]
    search_help_text = gettext_lazy("The beginning of the customer's e-mail address or surname, a whole name, or an id")
    fields = ["customer", "name", "balance_text", "created_at", "updated_at", "entries"]
    change_list_template = "admin/checkout/creditaccount/list.html"

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.change_credit)
        return [path("change/", page, name="checkout_creditaccount_give"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "may_give": request.user.has_perm(GRANT)})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return AccountList

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return queryset.filter(customer_id__in=_customers(term))

    @display(description=gettext_lazy("customer"))
    def customer(self, account: CreditAccount) -> str:
        return self._person(account)[0]

    @display(description=gettext_lazy("name"))
    def name(self, account: CreditAccount) -> str:
        return self._person(account)[1]

    @display(description=gettext_lazy("balance"))
    def balance_text(self, account: CreditAccount) -> str:
        return account.balance.format()

    @display(description=gettext_lazy("entries"))
    def entries(self, account: CreditAccount) -> str:
        url = reverse("admin:checkout_creditentry_changelist") + f"?q={account.customer_id}"
        return format_html('<a href="{}">{}</a>', url, _("What came and went"))

    def _person(self, account: CreditAccount) -> tuple[str, str]:
        if hasattr(account, "person"):
            found: tuple[str, str] = account.person
            return found
        return _person(accounts.customers([account.customer_id]), account)

    def change_credit(self, request: HttpRequest) -> HttpResponse:
        """GET asks, POST gives credit or takes it back."""
        if not request.user.has_perm(GRANT):
            raise PermissionDenied
        form = forms.ChangeForm(request.POST or None, initial={"key": db.uuid7(), **request.GET.dict()})
        if request.method == "POST" and form.is_valid() and self._save(request, form):
            return HttpResponseRedirect(reverse("admin:checkout_creditaccount_changelist"))
        context = {
            **self.admin_site.each_context(request), "title": _("Store credit"), "form": form, "opts": self.opts
        }  # fmt: skip
        return TemplateResponse(request, "admin/checkout/creditaccount/change.html", context)

    def _save(self, request: HttpRequest, form: forms.ChangeForm) -> bool:
        given = form.cleaned_data
        command = services.grant if given["direction"] == "grant" else services.withdraw
        try:
            entry = command(
                customer_id=given["customer_id"], amount=given["money"], reason=given["reason"],
                document=given["document"], key=f"staff:{given['key']}", by=requests.actor(request),
            )  # fmt: skip
        except services.NotEnough as error:
            form.add_error("amount", _("There are only %(left)s.") % {"left": error.left.format()})
            return False
        except services.KeyReused:
            form.add_error(None, _("This form was used already. Please open it anew."))
            return False
        messages.success(request, _("The balance is %(balance)s now.") % {"balance": entry.account.balance.format()})
        return True


class EntryList(KeysetList):
    """A page of entries that know what people call their customers and who made them: one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        _name(self.result_list)


@admin.register(CreditEntry)
class CreditEntryAdmin(NamedAdmin):
    list_display = ["at", "customer", "kind", "amount_text", "reason", "document", "who"]
    list_filter = ["kind", PeriodFilter]
    sortable_by = ["at"]
    list_select_related = ["account"]
    search_fields = ["document", "account__customer_id"]
    search_help_text = gettext_lazy(
        "A whole document's name, or the beginning of a customer's e-mail address or surname, a whole name, or an id"
    )
    fields = ["at", "customer", "kind", "amount_text", "balance_text", "reason", "document", "who"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return EntryList

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """A document, if there is one of this name; else those of whom the term means."""
        if CreditEntry.objects.filter(document=term).exists():
            return queryset.filter(document=term)
        return queryset.filter(account__in=CreditAccount.objects.filter(customer_id__in=_customers(term)).values("pk"))

    @display(description=gettext_lazy("customer"))
    def customer(self, entry: Any) -> str:
        if not hasattr(entry, "customer"):
            _name([entry])
        found: str = entry.customer
        return found

    @display(description=gettext_lazy("change"))
    def amount_text(self, entry: CreditEntry) -> str:
        return entry.amount.format()

    @display(description=gettext_lazy("balance"))
    def balance_text(self, entry: CreditEntry) -> str:
        return Money(entry.balance_minor, entry.account.currency).format()


def _name(entries: list[Any]) -> None:
    customers = {entry.pk: f"customer:{entry.account.customer_id}" for entry in entries}
    names = accounts.names_of([*customers.values(), *(entry.actor for entry in entries)])
    for entry in entries:
        entry.customer, entry.who = names[customers[entry.pk]], names[entry.actor]


def _person(found: dict[UUID, tuple[str, str]], account: CreditAccount) -> tuple[str, str]:
    return found.get(account.customer_id, (str(account.customer_id), ""))


def _customers(term: str) -> Any:
    """The ids of whom a search for `term` means."""
    found = as_id(term)
    return [found] if found else accounts.searched(term).values("pk")
