"""Who may fetch which paper, and what is said before there is one."""

import re

import pytest
from django.urls import reverse

from checkout.invoices import selectors, services
from checkout.invoices.models import Document, InvoiceDetails
from checkout.orders import services as orders
from tests.factories import invoices as factory
from tests.factories.accounts import UserFactory
from tests.factories.archive import archive_all, delivered

pytestmark = pytest.mark.django_db


def path(order, document):
    return reverse("order_document", args=[order.number, document.number])


def said(answer):
    return re.findall(r'data-testid="no-documents">(.*?)</p>', answer.content.decode())


class TestDocument:
    def test_a_guest_fetches_it_with_the_key_of_the_order(self, client):
        order = factory.paid()
        (invoice,) = services.settle(order.pk)
        answer = client.get(path(order, invoice), {"key": order.access_key})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
        assert "no-store" in answer["Cache-Control"]
        assert answer.content == bytes(Document.objects.get(pk=invoice.pk).pdf) != b""
        assert client.get(path(order, invoice), {"key": order.access_key}).content == answer.content

    def test_a_customer_fetches_it_without(self, client):
        ada = UserFactory()
        order = factory.paid(customer_id=ada.pk)
        (invoice,) = services.settle(order.pk)
        client.force_login(ada)
        assert client.get(path(order, invoice)).status_code == 200
        client.force_login(UserFactory())
        assert client.get(path(order, invoice)).status_code == 404

    def test_A08_anothers_paper_is_404_whatever_it_is_asked_with(self, client):
        mine, other = factory.paid(), factory.paid()
        (theirs,) = services.settle(other.pk)
        (own,) = services.settle(mine.pk)
        wrong = [
            (path(other, theirs), {}),
            (path(other, theirs), {"key": mine.access_key}),
            (path(other, theirs), {"key": other.access_key[:-1]}),
            (path(mine, theirs), {"key": mine.access_key}),  # my order's address, another order's paper
            (path(other, own), {"key": mine.access_key}),
            (reverse("order_document", args=["ORD-2099999999", own.number]), {"key": mine.access_key}),
            (reverse("order_document", args=[mine.number, "INV-2026-999999"]), {"key": mine.access_key}),
        ]
        assert [client.get(url, query).status_code for url, query in wrong] == [404] * len(wrong)

    @pytest.mark.parametrize("name", ["%00", "x" * 500, "..%2f..%2fetc%2fpasswd", "INV-2026-000001'--"])
    def test_a_name_that_is_none_is_404(self, client, name):
        order = factory.paid()
        url = reverse("order_documents", args=[order.number])
        assert client.get(f"{url}{name}.pdf?key={order.access_key}").status_code == 404

    def test_an_archived_order_still_has_its_papers(self, client):
        order = delivered()
        assert archive_all() == 1
        (invoice,) = selectors.documents_of(order.pk)
        assert client.get(path(order, invoice), {"key": order.access_key}).content == services.pdf(invoice)
        assert client.get(path(order, invoice), {"key": order.access_key[:-1]}).status_code == 404

    def test_it_is_only_fetched(self, client):
        order = factory.paid()
        (invoice,) = services.settle(order.pk)
        assert client.post(f"{path(order, invoice)}?key={order.access_key}").status_code == 405


class TestList:
    def listed(self, client, order):
        return client.get(reverse("order_documents", args=[order.number]), {"key": order.access_key})

    def test_before_it_is_paid_it_says_when_the_invoice_comes(self, client):
        answer = self.listed(client, factory.paid(is_paid=False))
        assert said(answer) == ["The invoice is issued as soon as the order is paid. We send it to you by e-mail."]

    def test_where_it_comes_with_the_parcel_it_says_so(self, client):
        services.save_details(details=InvoiceDetails(name="Shop", issue_when="shipped"), by="staff:1")
        answer = self.listed(client, factory.paid())
        assert said(answer) == [
            "The invoice is issued when your first parcel leaves. We send it to you by e-mail."
        ]  # fmt: skip

    def test_of_an_order_that_came_to_nothing_there_is_none(self, client):
        order = factory.paid(is_paid=False)
        orders.cancel(order_id=order.pk, by="staff:1")
        assert said(self.listed(client, order)) == ["No invoice was issued for this order."]

    def test_papers_are_listed_with_the_guests_key_in_their_links(self, client):
        order = factory.paid()
        (invoice,) = services.settle(order.pk)
        orders.cancel(order_id=order.pk, by="staff:1")
        (note,) = services.settle(order.pk)
        found = re.findall(r'href="([^"]*)" data-testid="order-document"', self.listed(client, order).content.decode())
        assert found == [f"{path(order, one)}?key={order.access_key}" for one in (invoice, note)]

    def test_anothers_list_is_404(self, client):
        assert client.get(reverse("order_documents", args=[factory.paid().number])).status_code == 404

    def test_it_costs_the_same_at_one_and_at_thirty(self, client, django_assert_num_queries):
        order = factory.paid([(40, 100, "standard")])
        services.settle(order.pk)
        self.listed(client, order)
        with django_assert_num_queries(4):
            self.listed(client, order)
        for _turn in range(29):
            factory.remove(order, {order.lines.get().pk: 1})
            services.settle(order.pk)
        with django_assert_num_queries(4):
            assert self.listed(client, order).content.count(b'data-testid="order-document"') == 30
