"""What is printed: read back from the PDF as a person would read it."""

from io import BytesIO
from unicodedata import normalize

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from pypdf import PdfReader

from checkout.invoices import pdf, sample, selectors, services
from checkout.invoices.models import InvoiceDetails
from checkout.orders.models import Order
from shop.core import db, scripts
from shop.core import pdf as layout
from tests import outbox
from tests.factories import checkout as shop
from tests.factories import invoices as factory
from tests.factories.invoices import SALES, VAT, VAT_FOOD

pytestmark = pytest.mark.django_db

HOLDFAST = {
    "name": "Holdfast Trading GmbH", "address": "Kaiserstraße 5\n80801 München\nGermany", "vat_id": "DE123456789",
    "tax_number": "143/123/45678", "registration": "Amtsgericht München, HRB 1", "email": "hello@holdfast.example",
    "phone": "+49 89 1", "bank": "IBAN DE89 3704 0044 0532 0130 00", "footer": "Thank you.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _details():
    services.save_details(details=InvoiceDetails(**HOLDFAST), by="staff:1")


def pages(document):
    reader = PdfReader(BytesIO(services.pdf(document)))
    return [page.extract_text().splitlines() for page in reader.pages]


def lines(document):
    """The lines of text on all pages, in the order in which they are drawn."""
    return [line.strip() for page in pages(document) for line in page if line.strip()]


def issued(order):
    services.settle(order.pk)
    return selectors.documents_of(order.pk)[-1]


def beside(found, *words):
    """What stands right after each of these words."""
    return [found[found.index(word) + 1] for word in words]


def test_it_says_who_sells_to_whom_and_what():
    order = factory.paid([(2, 1200, "standard"), (1, 500, "food")], [VAT, VAT_FOOD], discount=290, shipping=600)
    Order.objects.filter(pk=order.pk).update(po_number="PO-4711")
    document = issued(order)
    found = lines(document)
    assert beside(found, "Number", "Order", "Your reference") == [document.number, order.number, "PO-4711"]
    seller = ["Holdfast Trading GmbH · Kaiserstraße 5 · 80801 München · Germany", "VAT id DE123456789", "Thank you."]
    buyer = ["Ada Lovelace", "1 Analytical Way", "Springfield, IL 62701", "United States of America"]
    assert [line for line in seller + buyer if line not in found] == []
    assert beside(found, "Thing 0", "Blue · SKU-0") == ["Blue · SKU-0", "2"]
    first = found.index("2", found.index("Blue · SKU-0"))
    assert found[first : first + 5] == ["2", "€12.00", "-€2.40", "20 %", "€21.60"]
    assert beside(found, "Goods", "Delivery (Standard)") == ["€26.10", "€6.00"]


def test_the_sender_stays_apart_from_what_stands_beside_it():
    where = "350 Fifth Avenue\nNew York 10118\nUnited States of America"
    services.save_details(
        details=InvoiceDetails(**HOLDFAST | {"name": "Holdfast Inc.", "address": where}), by="staff:1"
    )
    found = lines(issued(factory.paid()))
    sender = found[found.index("Invoice") + 1 : found.index("Ada Lovelace")]
    assert " ".join(sender) == " · ".join(["Holdfast Inc.", *where.split("\n")])
    column = 0.56 * (layout.A4[0] - 40 * layout.mm)
    assert [line for line in sender if scripts.width(line, 7.5) > column - 4 * layout.mm] == []


def test_taxes_stand_by_rate_with_what_they_are_on():
    order = factory.paid([(2, 1200, "standard"), (1, 500, "food")], [VAT, VAT_FOOD], discount=290, shipping=600)
    found = lines(issued(order))
    at = found.index("VAT 20 % (in the prices)")
    assert found[at : at + 16] == [
        "VAT 20 % (in the prices)", "€22.14", "€4.43", "€26.57",
        "VAT 5 % (in the prices)", "€4.29", "€0.21", "€4.50",
        "Not taxed", "€1.03", "€0.00", "€1.03",
        "Total", "€27.46", "€4.64", "€32.10",
    ]  # fmt: skip


def test_tax_on_top_is_added_before_the_total():
    found = lines(issued(factory.paid([(3, 1000, "standard")], [SALES], currency="USD")))
    at = found.index("Goods")
    assert found[at : at + 6] == ["Goods", "$30.00", "Sales tax 8.25 %", "$2.48", "Total", "$32.48"]


def test_a_credit_note_names_its_invoice_and_what_comes_back():
    order = factory.paid([(2, 1000, "standard")], [VAT])
    invoice = issued(order)
    factory.remove(order, {order.lines.get().pk: 1})
    note = issued(order)
    found = lines(note)
    assert found[:2] == ["Holdfast Trading GmbH", "Credit note"]
    assert found[found.index("Invoice") + 1].startswith(f"{invoice.number}, ")
    assert beside(found, "Total credited") == ["€10.00"]
    assert [line for line in found if line.startswith(("This takes", "We give back"))] == [
        f"This takes €10.00 off {invoice.number}.",
        "We give back to you: €10.00",
    ]


def test_goodwill_is_a_line_of_its_own():
    order = factory.paid([(2, 1000, "standard")], [VAT])
    services.settle(order.pk)
    factory.allow(order, 300)
    found = lines(issued(order))
    assert found[found.index("Goodwill") : found.index("Goodwill") + 3] == ["Goodwill", "20 %", "€3.00"]


def test_what_was_paid_is_told():
    order = shop.paid()
    outbox.drain(mails=False)
    (invoice,) = selectors.documents_of(order.pk)
    assert [line for line in lines(invoice) if line.startswith("Paid by")] == ["Paid by Card: $30.00"]


def test_an_invoice_that_is_still_to_be_paid_says_until_when_and_where(settings):
    settings.BANK_TRANSFER = {"account_holder": "Holdfast", "iban": "GB33BUKB20201555555555"}
    document = issued(factory.paid())
    document = selectors.whole(document.pk)
    document.content["payment"] |= {
        "paid": [], "open": 2500, "balance": 2500, "due_on": "2026-12-05", "account": settings.BANK_TRANSFER,
    }  # fmt: skip
    text = PdfReader(BytesIO(pdf.render(document))).pages[0].extract_text().splitlines()
    found = [line.strip() for line in text if line.strip()]
    at = found.index("Please pay €25.00 by December 5, 2026 to:")
    assert found[at + 1 : at + 7] == [
        "Account holder", "Holdfast", "IBAN", "GB33 BUKB 2020 1555 5555 55", "Reference", document.order_number,
    ]  # fmt: skip


def test_a_long_one_repeats_its_head_and_counts_its_pages():
    document = issued(factory.paid([(1, 100 + n, "standard") for n in range(70)], [VAT]))
    found = pages(document)
    assert len(found) > 2
    assert [sum("Description" in line for line in page) for page in found[:-1]] == [1] * (len(found) - 1)
    feet = [line.strip() for page in found for line in page if line.strip().startswith(f"{document.number} · Page")]
    assert feet == [f"{document.number} · Page {n} of {len(found)}" for n in range(1, len(found) + 1)]
    names = [line.strip() for page in found for line in page if line.strip().startswith("Thing ")]
    assert names == [f"Thing {n}" for n in range(70)]


def test_what_people_typed_is_never_markup():
    order = factory.paid()
    evil = '<b>Ada</b> <img src="http://example.com/x"/> & Łukasz'
    Order.objects.filter(pk=order.pk).update(shipping_address={**shop.ADDRESS, "first_name": evil})
    assert f"{evil} Lovelace" in " ".join(lines(issued(order)))


EVERYWHERE = {
    "first_name": "علي", "last_name": "بن أحمد", "company": "株式会社ホールド", "address1": "רחוב הרצל 12",
    "address2": "Τσιμισκή 7", "city": "Київ", "postal_code": "04524", "state": "서울", "country": "JP",
}  # fmt: skip


def test_names_and_addresses_of_all_scripts_can_be_read():
    details = HOLDFAST | {"name": "Holdfast 東京", "bank": "合同会社"}
    services.save_details(details=InvoiceDetails(**details), by="staff:1")
    order = factory.paid([(1, 1000, "standard")])
    Order.objects.filter(pk=order.pk).update(shipping_address=EVERYWHERE, po_number="注文-7")
    order.lines.update(name="Книга о 東京 (дом)")
    document = issued(order)
    found = lines(document)
    told = ["株式会社ホールド", "Τσιμισκή 7", "04524 서울 Київ", "Japan", "注文-7", "Книга о 東京 (дом)",
            "Holdfast 東京", "合同会社"]  # fmt: skip
    assert [line for line in told if line not in found] == []
    words = normalize("NFKC", " ".join(found)).split()  # the letters as people type them
    assert [word for word in ("علي", "بن", "أحمد", "רחוב", "הרצל") if word not in words] == []
    assert "□" not in "".join(found)
    assert services.pdf(document) == services.pdf(document) == pdf.render(selectors.whole(document.pk))


def test_a_logo_stands_in_for_the_name_and_the_name_for_a_lost_logo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = BytesIO()
    Image.new("RGB", (300, 100), "teal").save(picture, "PNG")
    name = default_storage.save("invoices/logo.png", ContentFile(picture.getvalue()))
    services.save_details(details=InvoiceDetails(**HOLDFAST, logo=name), by="staff:1")
    one, two = factory.paid(), factory.paid()
    with_logo = issued(one)
    assert len(PdfReader(BytesIO(services.pdf(with_logo))).pages[0].images) == 1
    assert lines(with_logo)[0] == "Invoice"
    services.settle(two.pk)
    default_storage.delete(name)
    assert lines(selectors.documents_of(two.pk)[0])[:2] == ["Holdfast Trading GmbH", "Invoice"]
    assert len(PdfReader(BytesIO(services.pdf(with_logo))).pages[0].images) == 1  # as it was stored


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("letter", 612)])
def test_its_paper_is_the_merchants(paper, width):
    services.save_details(details=InvoiceDetails(**HOLDFAST, paper=paper), by="staff:1")
    page = PdfReader(BytesIO(services.pdf(issued(factory.paid())))).pages[0]
    assert int(page.mediabox.width) == width


def test_the_same_document_gives_the_same_bytes():
    document = selectors.whole(issued(factory.paid([(2, 1200, "standard")], [VAT])).pk)
    assert pdf.render(document) == pdf.render(document)


def test_the_sample_is_whole():
    text = PdfReader(BytesIO(sample.invoice(selectors.details()))).pages[0].extract_text()
    found = [line.strip() for line in text.splitlines() if line.strip()]
    assert beside(found, "Number") == [f"INV-{db.clock().year}-000000"]
    assert found.count("$137.00") == 2
    assert not any("object at" in line for line in found)


def test_a_sale_without_tax_says_why():
    order = factory.paid([(1, 10000, "standard")])
    facts = {"scheme": "reverse_charge", "vat_id": "IE6388047V", "vat_status": "valid", "proof": "R1"}
    Order.objects.filter(pk=order.pk).update(tax_facts=facts)
    found = lines(issued(order))
    assert beside(found, "Your VAT id") == ["IE6388047V"]
    said = "Tax-exempt intra-Community supply (article 138 of directive 2006/112/EC): VAT is to be paid by the buyer, "
    assert said + "VAT id IE6388047V." in " ".join(found)


def test_a_vat_id_that_makes_no_difference_is_the_buyers_all_the_same():
    order = factory.paid([(1, 10000, "standard")])
    Order.objects.filter(pk=order.pk).update(tax_facts={"vat_id": "DE136695976", "vat_status": "unused"})
    found = lines(issued(order))
    assert beside(found, "Your VAT id") == ["DE136695976"]
    assert "Tax-exempt" not in " ".join(found)
