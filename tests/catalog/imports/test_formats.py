"""Files as rows: what is read, what is refused, and that writing and reading give the same."""

import gzip
import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.imports import rows
from catalog.imports.formats import jsonl, shopify, table
from catalog.imports.rows import FieldRow, ProductRow, RowError, VariantRow

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(str.strip)
names = words.filter(bool)
skus = st.text("ABCDEFGHIJ0123456789-/ ", min_size=1, max_size=20).map(str.strip).filter(bool)


def variants(options):
    return st.lists(
        st.builds(
            VariantRow,
            sku=skus,
            options=st.fixed_dictionaries(dict.fromkeys(options, names)),
            price=st.integers(100, 10**7),
            sale_price=st.none() | st.integers(0, 99),
            stock=st.none() | st.integers(0, 10**6),
            gtin=st.sampled_from(["", "4006381333931"]),
            weight_grams=st.none() | st.integers(0, 10**6),
            parts=st.none()
            | st.dictionaries(skus, st.integers(1, 99), min_size=1, max_size=3).map(lambda it: (*it.items(),)),
        ),
        min_size=1,
        max_size=1 if not options else 5,
        unique_by=lambda variant: tuple(variant.options.items()) if options else 0,
    ).map(tuple)


fields = st.builds(
    FieldRow,
    code=st.from_regex(r"[a-z]{1,9}(-[a-z0-9]{1,5})?", fullmatch=True),
    name=names,
    help_text=words,
    max_length=st.integers(1, 500),
    is_required=st.booleans(),
    is_final_sale=st.booleans(),
    prices=st.dictionaries(st.sampled_from(["USD", "JPY", "KWD"]), st.integers(0, 10**6)),
)
choices = st.builds(
    FieldRow, code=st.just("thread"), name=names, kind=st.just("choice"),
    choices=st.lists(names, min_size=1, max_size=3).map(tuple),
)  # fmt: skip
asked = st.lists(fields | choices, min_size=1, max_size=3, unique_by=lambda one: one.code).map(tuple)


@st.composite
def products(draw):
    options = draw(st.lists(names, max_size=3, unique=True).map(tuple))
    return ProductRow(
        external_id=draw(skus),
        name=draw(names),
        currency="USD",
        variants=draw(variants(options)),
        description=draw(words),
        brand=draw(words),
        category_path=draw(st.lists(names, max_size=3).map(tuple)),
        attributes=draw(st.dictionaries(names, names | st.booleans() | st.integers(-1000, 1000), max_size=5)),
        options=options,
        tags=draw(st.lists(names, max_size=3).map(tuple)),
        released_on=draw(st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1))),
        status=draw(st.sampled_from(["draft", "active", "archived"])),
        customizations=draw(st.none() | asked),
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(products())
def test_jsonl_reads_what_it_writes(row):
    assert jsonl.parse(jsonl.write(row), currency="USD") == row


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"price": 1}', "name is missing"),
        ('{"name": "x"}', "price is missing"),
        ('{"name": "x", "price": -1}', "price is negative"),
        ('{"name": "x", "price": "abc"}', "price 'abc' is not an amount in USD"),
        ('{"name": "x", "price": 1e400}', "price 'inf' is not an amount in USD"),
        ('{"name": "x", "price": 1, "sale_price": 2}', "sale_price is not below price"),
        ('{"name": "x", "price": 1, "stock": 1.5}', "stock '1.5' is not a whole number"),
        ('{"name": "x", "price": 1, "stock": -1}', "stock is not between 0 and 10000000"),
        ('{"name": "x", "price": 1, "parts": {}}', "parts are not a list of objects"),
        ('{"name": "x", "price": 1, "parts": [{}]}', "the sku of a part is missing"),
        ('{"name": "x", "price": 1, "parts": [{"sku": "a", "quantity": 0}]}', "the quantity of a part is not between"),
        ('{"name": "x", "price": 1, "parts": [{"sku": "a"}, {"sku": "a"}]}', "a part is named twice"),
        ('{"name": "x", "price": 1, "customizations": [1]}', "customizations are not a list of objects"),
        ('{"name": "x", "price": 1, "customizations": [{"code": "A"}]}', "the code 'A' of a customization is not"),
        ('{"name": "x", "price": 1, "customizations": [{"code": "a"}]}', "the name of a customization is missing"),
        ('{"name": "x", "price": 1, "customizations": [{"code": "a", "kind": "b"}]}', "the kind 'b' of a customizat"),
        (
            '{"name": "x", "price": 1, "customizations": [{"code": "a", "kind": "choice"}]}',
            "customization 'a': choices are a list",
        ),
        ('{"name": "x", "price": 1, "customizations": [{"code": "a", "name": "A", "max_length": 0}]}', "max_length is"),
        (
            '{"name": "x", "price": 1, "customizations": [{"code": "a", "name": "A", "price": -1}]}',
            "the price of a cust",
        ),
        ('{"name": "x", "price": 1, "customizations": [{"code": "a", "name": "A", "prices": {"QQQ": 1}}]}', "'QQQ'"),
        ('{"name": "x", "price": 1, "status": "gone"}', "status 'gone' is not draft, active or archived"),
        ('{"name": "x", "price": 1, "released": "soon"}', "released 'soon' is not a date (YYYY-MM-DD)"),
        ('{"name": ["x"], "price": 1}', "name is not a text"),
        ('{"name": "x", "price": 1, "attributes": [1]}', "attributes are not an object of names and values"),
        ('{"name": "x", "price": 1, "variants": [1]}', "variants are not a list of objects"),
        (
            '{"name": "x", "price": 1, "options": ["Size"], "variants": [{"options": {"Colour": "Red"}}]}',
            "a variant's options are not exactly Size",
        ),
        ('{"name": "%s", "price": 1}' % ("x" * 301), "name is longer than 300 characters"),
        ("[" * 100_000, "not JSON"),
        ('{"name": "\\ud800x", "price": 1}', "name holds half a character"),
        ('{"name": "x", "price": 1, "attributes": {"a": "\\udfff"}}', "attribute 'a' holds half a character"),
    ],
)
def test_broken_lines_say_why(line, reason):
    with pytest.raises(RowError) as caught:
        jsonl.parse(line, currency="USD")
    assert str(caught.value).startswith(reason)


def test_a_row_as_exchanged_catalogues_have_it():
    line = {
        "id": "1", "sku": "A 1", "ean": "4006381333931", "name": "Notebook", "brand": "HP", "price": 109.949,
        "currency": "USD", "category_path": ["Computers", "Laptops"], "image_large": "http://example.org/a.jpg",
        "released": "2008-12-19", "attributes": {"touchscreen": False, "processor frequency": 2.13, "colour": ""},
    }  # fmt: skip
    assert jsonl.parse(json.dumps(line), currency="EUR") == ProductRow(
        external_id="1",
        name="Notebook",
        currency="USD",
        variants=(VariantRow(sku="A 1", options={}, price=10995, gtin="4006381333931"),),
        brand="HP",
        category_path=("Computers", "Laptops"),
        attributes={"touchscreen": False, "processor frequency": 2.13},
        pictures=(("http://example.org/a.jpg", ""),),
        released_on=date(2008, 12, 19),
    )


CSV = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Status
tee,Plain tee,<p>Soft</p>,Acme,Shirts,"basic, cotton",true,Size,S,Colour,Red,TEE-S,200,5,15.00,20.00,,https://example.org/1.jpg,active
tee,,,,,,,,M,,Red,TEE-M,210,0,15.00,,,https://example.org/2.jpg,
mug,Mug,,Acme,Mugs,,true,Title,Default Title,,,MUG,,,9.50,,,,active
bad,Broken,,Acme,Mugs,,true,Title,Default Title,,,BAD,,,free,,,,active
"""


def test_shopify_lines_become_products():
    found = dict(shopify.read(CSV.splitlines(keepends=True), currency="USD"))
    tee, mug, bad = found[2], found[4], found[5]
    assert (tee.name, tee.options, tee.tags) == ("Plain tee", ("Size", "Colour"), ("basic", "cotton"))
    assert [(one.sku, one.options, one.price, one.sale_price, one.stock) for one in tee.variants] == [
        ("TEE-S", {"Size": "S", "Colour": "Red"}, 2000, 1500, 5),
        ("TEE-M", {"Size": "M", "Colour": "Red"}, 1500, None, 0),
    ]
    assert [url for url, _alt in tee.pictures] == ["https://example.org/1.jpg", "https://example.org/2.jpg"]
    assert (mug.options, mug.variants[0].stock, mug.variants[0].price) == ((), None, 950)
    assert str(bad) == "Variant Price 'free' is not an amount in USD"


def test_cells_that_a_spreadsheet_would_run_are_guarded():
    assert [shopify.guarded(cell) for cell in ("=cmd|x", "+1", "-1", "@a", "\tx", "plain", "")] == [
        "'=cmd|x", "'+1", "'-1", "'@a", "'\tx", "plain", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given_gtin", "kept"), [("4006381333931", "4006381333931"), ("4006381333932", ""), ("abc", ""), (None, "")]
)
def test_gtins_are_kept_when_their_check_digit_is_right(given_gtin, kept):
    assert rows.gtin(given_gtin) == kept


def test_formats_are_told_by_looking(tmp_path):
    (tmp_path / "a").write_text('{"name": "x"}')
    (tmp_path / "b.csv").write_text(CSV)
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b'\n{"name": "x"}'))
    (tmp_path / "d").write_bytes(b"\x89PNG\r\n")
    assert [table.detect(tmp_path / name) for name in ("a", "b.csv", "c.jsonl.gz")] == ["jsonl", "shopify", "jsonl"]
    with pytest.raises(table.UnreadableFile):
        table.detect(tmp_path / "d")


def test_a_damaged_archive_says_so(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"name": "x", "price": 1}\n' * 1000)[:40])
    with pytest.raises(table.UnreadableFile):
        list(table.read(path, "jsonl", currency="USD"))
