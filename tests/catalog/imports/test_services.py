"""Imports: good rows land, broken ones are named, twice changes nothing, a killed one resumes, undo takes back."""

import io
import json

import pytest
from django.core.management import call_command

from catalog.imports import apply, selectors, services
from catalog.imports.formats import jsonl
from catalog.imports.models import ImportJob
from catalog.products.models import Image, OldSlug, Price, Product, Variant
from inventory.stock.models import StockItem, StockMovement
from shop.core import db
from shop.events.models import OutboxEvent

pytestmark = pytest.mark.django_db(databases="__all__")


def line(number, **changes):
    return {
        "id": str(number), "sku": f"SKU {number}", "name": f"Thing {number}", "brand": "Acme", "price": "10.00",
        "currency": "USD", "category_path": ["Things", "Small"],
        "attributes": {"colour": "red" if number % 2 else "blue"},
        **changes,
    }  # fmt: skip


@pytest.fixture
def import_(tmp_path):
    def run(lines, **options):
        path = tmp_path / "things.jsonl"
        path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines))
        return services.run(path=path, by="system", **options)

    return run


def counts(report):
    return report.created, report.updated, report.unchanged, report.failed


def test_rows_become_products_with_everything(import_):
    report = import_([line(number) for number in range(8)])
    assert counts(report) == (8, 0, 0, 0)
    product = Product.objects.get(external_id="3")
    assert (product.name, product.slug, product.status) == ("Thing 3", "thing-3", "active")
    assert (product.brand.name, product.category.url_path) == ("Acme", "things/small")
    assert product.attributes == {"colour": "red"}
    assert product.product_type.attributes.get().is_filterable is True
    variant = product.variants.get()
    assert (variant.sku, variant.prices.get().amount_minor) == ("SKU 3", 1000)
    assert StockItem.objects.get(variant_id=variant.pk).on_hand == 100
    assert StockMovement.objects.using(db.INVENTORY).get(variant_id=variant.pk).document == f"import:{report.job_id}"
    assert product.listing_prices.get().amount_minor == 1000


def test_the_same_file_again_changes_nothing(import_):
    lines = [line(number) for number in range(5)]
    import_(lines)
    events = OutboxEvent.objects.using(db.CATALOG).count()
    versions = list(Product.objects.order_by("id").values_list("version", "updated_at"))
    assert counts(import_(lines)) == (0, 0, 5, 0)
    assert OutboxEvent.objects.using(db.CATALOG).count() == events
    assert list(Product.objects.order_by("id").values_list("version", "updated_at")) == versions


def test_broken_rows_are_named_and_the_good_ones_land(import_):
    report = import_([line(1), "not json", line(2, price=-1), line(1), line(3), {"name": "nameless", "price": 1}])
    assert counts(report) == (2, 0, 0, 4)
    assert report.problems == [
        (2, "error", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        (3, "error", "price is negative"),
        (4, "error", "the same product as in row 1"),
        (6, "error", "neither id nor sku: the product could not be found again"),
    ]


def test_a_dry_run_counts_and_writes_nothing(import_):
    import_([line(1), line(2)])
    report = import_([line(1), line(2, price="12.00"), line(3), "{"], dry_run=True)
    assert counts(report) == (1, 1, 1, 1)
    assert Product.objects.count() == 2
    assert ImportJob.objects.count() == 1


def test_changed_rows_update_and_keep_what_they_were(import_):
    import_([line(1)])
    report = import_([line(1, name="Better thing", price="12.50", sale_price="9.99", slug="better")])
    assert counts(report) == (0, 1, 0, 0)
    product = Product.objects.get()
    assert (product.name, product.slug, product.version) == ("Better thing", "better", 2)
    assert OldSlug.objects.get(kind="product").slug == "thing-1"
    price = Price.objects.get()
    assert (price.amount_minor, price.sale_minor) == (1250, 999)
    assert StockItem.objects.get().on_hand == 100


def test_undo_archives_what_was_created_and_restores_what_was_changed(import_):
    import_([line(1)])
    report = import_([line(1, name="Better thing", price="12.50"), line(2)])
    assert services.undo(job_id=report.job_id, by="staff:1") == (1, 1)
    assert list(Product.objects.order_by("external_id").values_list("name", "status")) == [
        ("Thing 1", "active"),
        ("Thing 2", "archived"),
    ]
    assert Price.objects.get(variant__product__external_id="1").amount_minor == 1000
    with pytest.raises(ValueError, match="undone before"):
        services.undo(job_id=report.job_id, by="staff:1")


def test_undo_tells_search_in_batches(import_):
    report = import_([line(number) for number in range(5)])
    before = set(OutboxEvent.objects.using(db.CATALOG).values_list("pk", flat=True))
    services.undo(job_id=report.job_id, by="staff:1")
    told = OutboxEvent.objects.using(db.CATALOG).exclude(pk__in=before)
    assert [(event.event_type, len(event.data["product_ids"])) for event in told] == [("ProductsImported", 5)]


def test_broken_rows_are_listed_beside_the_file(tmp_path):
    path = tmp_path / "things.jsonl"
    path.write_text("{\n" + json.dumps(line(1)))
    call_command("import_catalog", str(path), "--dry-run", stdout=io.StringIO())
    assert (tmp_path / "things.jsonl.errors.csv").read_text().splitlines()[0] == "row,kind,reason"


def test_a_colliding_sku_gets_the_id_and_a_warning(import_):
    report = import_([line(1, sku="A"), line(2, sku="A"), line(3, sku="A")])
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["A", "A-2", "A-3"]
    assert [problem[:2] for problem in report.problems] == [(2, "warning"), (3, "warning")]
    assert counts(import_([line(1, sku="A"), line(2, sku="A"), line(3, sku="A")])) == (0, 0, 3, 0)


def test_names_may_repeat(import_):
    import_([line(1, name="Same"), line(2, name="Same")])
    import_([line(3, name="Same")])
    assert sorted(Product.objects.values_list("slug", flat=True)) == ["same", "same-2", "same-3"]


def test_rows_without_id_are_known_by_sku(import_):
    import_([line(1, id=None)])
    assert counts(import_([line(1, id=None, price="11.00")])) == (0, 1, 0, 0)
    assert Product.objects.count() == 1


@pytest.mark.parametrize("stop_after", [1, 2])
@pytest.mark.parametrize("resume", [True, False])
def test_a_killed_import_ends_the_same(import_, monkeypatch, stop_after, resume):
    """Killed right after a batch was committed, before its stock was booked."""
    monkeypatch.setattr(services, "BATCH", 3)
    lines = [line(number) for number in range(8)]
    done = []

    def killed(**arguments):
        done.append(arguments)
        if len(done) > stop_after:
            raise KeyboardInterrupt
        return real(**arguments)

    real = services.stock.load
    monkeypatch.setattr(services.stock, "load", killed)
    with pytest.raises(KeyboardInterrupt):
        import_(lines)
    assert 0 < StockItem.objects.count() < Product.objects.count()
    monkeypatch.setattr(services.stock, "load", real)
    report = import_(lines, resume=resume)
    assert Product.objects.count() == 8
    assert StockItem.objects.count() == 8
    assert StockMovement.objects.using(db.INVENTORY).count() == 8
    assert report.failed == 0
    assert counts(import_(lines)) == (0, 0, 8, 0)


def test_one_row_that_the_database_refuses_stays_out_alone(import_, monkeypatch):
    real = apply.build.measures
    monkeypatch.setattr(
        apply.build, "measures", lambda one: {**real(one), "weight_grams": -1 if one.sku == "SKU 2" else 1}
    )
    report = import_([line(1), line(2), line(3)])
    assert counts(report) == (2, 0, 0, 1)
    assert report.problems[0][:2] == (2, "error")


def test_remote_pictures_are_recorded_and_not_fetched(import_):
    import_([line(1, image="https://example.org/a.jpg")])
    image = Image.objects.get()
    assert (image.remote_url, image.alt) == ("https://example.org/a.jpg", "Thing 1")


def test_html_in_descriptions_is_cleaned(import_):
    import_([line(1, description="<p onclick=x>Hi<script>alert(1)</script></p>")])
    assert Product.objects.get().description == "<p>Hi</p>"


def test_a_price_in_another_currency_is_kept(import_):
    import_([line(1, currency="GBP", price="3.999")])
    assert list(Price.objects.values_list("currency", "amount_minor")) == [("GBP", 400)]


def test_exported_rows_import_as_unchanged(import_):
    lines = [line(number, tags=["a"], released="2020-01-02", description="Long <b>words</b>") for number in range(4)]
    lines.append(
        line(
            9,
            options=["Size"],
            variants=[{"sku": "S", "options": {"Size": "S"}}, {"sku": "M", "options": {"Size": "M"}, "price": "12.00"}],
        )
    )
    import_(lines)
    exported = [jsonl.write(row) for row in selectors.all_rows(currency="USD")]
    first = import_(exported)
    assert (first.created, first.failed) == (0, 0)
    rows = {product.pk: product for product in Product.objects.all()}
    assert counts(import_(exported)) == (0, 0, 5, 0)
    assert [jsonl.write(row) for row in selectors.all_rows(currency="USD")] == exported
    assert set(rows) == set(Product.objects.values_list("pk", flat=True))


def test_queries_do_not_grow_with_the_rows(import_, django_assert_max_num_queries):
    import_([line(number) for number in range(100, 105)])
    with django_assert_max_num_queries(45):
        import_([line(1)])
    with django_assert_max_num_queries(45):
        import_([line(number) for number in range(2, 32)])


@pytest.mark.parametrize(("format", "name"), [("jsonl", "out.jsonl"), ("shopify", "out.csv")])
def test_an_export_is_a_file_that_imports_again(import_, tmp_path, format, name):
    import_([line(1, name="=Sum of things", attributes={}), line(2, attributes={})])
    path = tmp_path / name
    call_command("export_catalog", str(path), "--format", format, stdout=io.StringIO())
    Product.objects.all().delete()
    report = services.run(path=path, by="system", source="again")
    assert counts(report) == (2, 0, 0, 0)
    assert sorted(Product.objects.values_list("name", flat=True)) == ["=Sum of things", "Thing 2"]
