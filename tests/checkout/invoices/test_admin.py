"""The merchant's papers in the admin: list, page, file, details."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from checkout.invoices import services
from checkout.invoices.models import Document, InvoiceDetails
from shop.accounts.models import User
from tests.factories import invoices as factory
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/checkout/document/"
DETAILS = {
    "name": "Holdfast Trading GmbH", "address": "Kaiserstraße 5\n80801 München", "vat_id": "de 136.695.976",
    "tax_number": "", "registration": "", "email": "", "phone": "", "website": "", "bank": "", "footer": "",
    "invoice_series": "INV", "credit_note_series": "CN", "issue_when": "paid", "language": "",
    "time_zone": "Europe/Berlin", "paper": "a4",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def merchant(client):
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def numbers(answer):
    return re.findall(r">((?:INV|CN)-\d{4}-\d{6})<", answer.content.decode())


def problems(answer):
    return {name: [str(one) for one in found] for name, found in answer.context["adminform"].form.errors.items()}


class TestDocuments:
    def test_the_list_costs_the_same_at_one_and_at_thirty(self, merchant, django_assert_max_num_queries):
        services.settle(factory.paid().pk)
        merchant.get(LIST)
        with django_assert_max_num_queries(12) as one:
            merchant.get(LIST)
        for _turn in range(29):
            services.settle(factory.paid().pk)
        with django_assert_max_num_queries(12) as thirty:
            assert len(numbers(merchant.get(LIST))) == 30
        assert len(one) == len(thirty)
        asked = [query["sql"] for query in thirty.captured_queries if "checkout_document" in query["sql"]]
        assert [sql for sql in asked if "COUNT(" in sql or '"pdf"' in sql or '"content"' in sql] == []

    def test_it_finds_by_number_order_and_kind(self, merchant):
        one, two = factory.paid(), factory.paid()
        (first,) = services.settle(one.pk)
        (second,) = services.settle(two.pk)
        assert numbers(merchant.get(LIST, {"q": first.number})) == [first.number]
        assert numbers(merchant.get(LIST, {"q": two.number})) == [second.number]
        assert numbers(merchant.get(LIST, {"kind__exact": "credit_note"})) == []

    def test_its_page_tells_what_it_says_and_opens_the_file(self, merchant):
        order = factory.paid([(2, 1200, "standard")], [factory.VAT])
        (invoice,) = services.settle(order.pk)
        html = merchant.get(f"{LIST}{invoice.pk}/change/").content.decode()
        assert re.findall(r'<td class="is-number">(.*?)</td>', html) == ["2", "€20.00", "€4.00", "€24.00"]
        assert "VAT 20 % (in the prices)" in html
        answer = merchant.get(reverse("admin:checkout_document_pdf", args=[invoice.pk]))
        assert (answer["Content-Type"], answer.content) == ("application/pdf", services.pdf(invoice))

    def test_who_may_not_look_may_not_fetch(self, client):
        (invoice,) = services.settle(factory.paid().pk)
        clerk = StaffFactory()
        client.force_login(clerk)
        pages = [LIST, f"{LIST}{invoice.pk}/change/", f"{LIST}{invoice.pk}/pdf/", "/admin/checkout/invoicedetails/"]
        assert [client.get(page).status_code for page in pages] == [403] * 4
        clerk.user_permissions.add(Permission.objects.get(codename="view_document"))
        assert [client.get(page).status_code for page in pages] == [200, 200, 200, 403]

    def test_nobody_changes_or_deletes_one(self, merchant):
        (invoice,) = services.settle(factory.paid().pk)
        assert merchant.post(f"{LIST}{invoice.pk}/delete/", {"post": "yes"}).status_code == 403
        assert merchant.get(f"{LIST}add/").status_code == 403


class TestReissue:
    ADDRESS = {
        "first_name": "Ada", "last_name": "Lovelace", "company": "Analytical Engines Ltd", "address1": "1 Way",
        "city": "Springfield", "state": "IL", "postal_code": "62701", "country": "US", "reason": "The firm pays",
    }  # fmt: skip

    def url(self, document):
        return reverse("admin:checkout_document_reissue", args=[document.pk])

    def test_the_page_issues_both_papers_once(self, merchant):
        (invoice,) = services.settle(factory.paid().pk)
        html = merchant.get(f"{LIST}{invoice.pk}/change/").content.decode()
        assert f'href="{self.url(invoice)}"' in html
        page = merchant.get(self.url(invoice))
        assert page.context["form"]["first_name"].value() == "Ada"
        given = {**self.ADDRESS, "seen": page.context["form"]["seen"].value()}
        done = merchant.post(self.url(invoice), given, follow=True)
        told = [(one.kind, one.content["billing_address"].get("company")) for one in Document.objects.order_by("id")]
        assert told == [("invoice", None), ("credit_note", None), ("invoice", "Analytical Engines Ltd")]
        assert "are issued and go to the buyer by mail." in done.content.decode()
        again = merchant.post(self.url(invoice), given)
        assert "was issued meanwhile. Please look at the papers again; nothing was done." in again.content.decode()
        assert Document.objects.count() == 3
        assert self.url(invoice) not in merchant.get(f"{LIST}{invoice.pk}/change/").content.decode()

    def test_an_address_that_is_not_whole_is_told(self, merchant):
        (invoice,) = services.settle(factory.paid().pk)
        given = {**self.ADDRESS, "seen": invoice.number, "postal_code": "1", "reason": ""}
        answer = merchant.post(self.url(invoice), given)
        assert answer.context["form"].errors == {
            "postal_code": ["This does not look right for the country."], "reason": ["This field is required."],
        }  # fmt: skip
        assert Document.objects.count() == 1

    def test_who_may_only_look_may_not(self, client):
        (invoice,) = services.settle(factory.paid().pk)
        clerk = StaffFactory()
        clerk.user_permissions.add(Permission.objects.get(codename="view_document"))
        client.force_login(clerk)
        assert client.get(self.url(invoice)).status_code == 403
        assert self.url(invoice) not in client.get(f"{LIST}{invoice.pk}/change/").content.decode()

    @pytest.mark.parametrize("key", ["xyz", "9" * 100, "00000000-0000-0000-0000-000000000000"])
    def test_what_is_no_paper_is_not_found(self, merchant, key):
        assert merchant.get(f"{LIST}{key}/change/").status_code == 404


class TestDetails:
    PAGE = "/admin/checkout/invoicedetails/"

    def test_the_page_is_the_one_row(self, merchant):
        assert merchant.get(self.PAGE)["Location"] == f"{self.PAGE}add/"
        assert merchant.get(f"{self.PAGE}add/").status_code == 200
        assert merchant.post(f"{self.PAGE}add/", DETAILS).status_code == 302
        assert merchant.get(self.PAGE)["Location"] == f"{self.PAGE}1/change/"
        saved = InvoiceDetails.objects.get()
        assert (saved.name, saved.vat_id, saved.time_zone) == (DETAILS["name"], "DE136695976", "Europe/Berlin")
        assert merchant.get(f"{self.PAGE}add/").status_code == 403

    @pytest.mark.parametrize(
        ("field", "value", "problem"),
        [
            ("vat_id", "123", "A VAT id is the two letters of the country and up to 13 letters or digits."),
            (
                "vat_id", "DE136695967",
                "A digit of this VAT id is wrong, or two are swapped: its check digit does not fit the others.",
            ),
            ("invoice_series", "in/v", "Use up to ten capital letters and digits."),
            ("time_zone", "Mars/Base", "Select a valid choice. Mars/Base is not one of the available choices."),
            ("name", "", "This field is required."),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_told_in_words(self, merchant, field, value, problem):
        answer = merchant.post(f"{self.PAGE}add/", {**DETAILS, field: value})
        assert problems(answer) == {field: [problem]}
        assert InvoiceDetails.objects.count() == 0

    def test_a_logo_must_be_a_picture(self, merchant):
        script = SimpleUploadedFile("logo.svg", b"<svg onload='x'/>", "image/svg+xml")
        assert list(problems(merchant.post(f"{self.PAGE}add/", {**DETAILS, "logo": script}))) == ["logo"]

    def test_the_preview_is_a_paper_without_a_number_that_is_not_kept(self, merchant):
        merchant.post(f"{self.PAGE}add/", DETAILS)
        html = merchant.get(f"{self.PAGE}1/change/").content.decode()
        (link,) = set(re.findall(r'href="([^"]*preview[^"]*)"', html))
        answer = merchant.get(link)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
