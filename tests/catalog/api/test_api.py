"""The catalogue over REST, as docs and schema promise it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from catalog.products.models import Product
from catalog.recommendations import learning
from catalog.search import indexing
from inventory.stock import selectors as stock
from shop.accounts.models import User
from tests.factories import catalog, recommendations

pytestmark = pytest.mark.django_db

JSON = "application/json"


def person(email: str = "ada@example.com", **fields: Any) -> User:
    return User.objects.create_user(email, "correct horse battery", **fields)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff() -> Client:
    user = person("staff@example.com", is_staff=True)
    codes = ["add_product", "change_product", "delete_product", "view_product", "change_stockitem"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return signed_in(user)


def error(response: Any) -> tuple[int, str, list[str]]:
    body = response.json()["error"]
    return response.status_code, body["code"], sorted(body.get("fields", {}))


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("api_products", "/api/products/"),
        ("api_product_search", "/api/products/search"),
        ("api_categories", "/api/categories/"),
        ("api_product", "/api/products/1"),
        ("api_product_inventory", "/api/products/1/inventory"),
        ("api_recommendations", "/api/products/1/recommendations"),
        ("api_product_reviews", "/api/products/1/reviews"),
    ],
)
def test_every_call_has_its_address(name: str, address: str) -> None:
    assert reverse(name, args=["1"] if "/1" in address else []) == address


def test_the_list(client: Client) -> None:
    product = catalog.product(
        name="Lamp", amount=2500, sale=2000, sku="LAMP", brand="Acme", category=catalog.category("Home", "Lamps")
    )

    body = client.get("/api/products/").json()

    [item] = body.pop("data")
    assert body == {"total": 1, "page": 1, "limit": 20}
    variant = product.variants.get()
    category_id = item["category"].pop("id")
    assert category_id == str(product.category_id)
    assert item == {
        "id": str(product.pk),
        "sku": "LAMP",
        "variantId": str(variant.pk),
        "name": "Lamp",
        "slug": product.slug,
        "url": f"/products/{product.slug}/",
        "brand": "Acme",
        "category": {"name": "Lamps", "path": "home/lamps"},
        "price": "25.00",
        "salePrice": "20.00",
        "currency": "USD",
        "isPriceFrom": False,
        "isSellable": True,
        "inStock": True,
        "rating": {"average": None, "count": 0},
        "image": None,
    }


def test_filters_sorts_and_pages(client: Client) -> None:
    made = [
        catalog.product(name=f"P{n}", amount=n * 1000, brand="Acme" if n % 2 else "Bolt", indexed=False).pk
        for n in range(1, 7)
    ]
    indexing.index(made)

    def names(query: str) -> list[str]:
        return [item["name"] for item in client.get(f"/api/products/?{query}").json()["data"]]

    assert names("brand=acme&sort=-price") == ["P5", "P3", "P1"]
    assert names("minPrice=20&maxPrice=40&sort=price") == ["P2", "P3", "P4"]
    assert names("sort=price&limit=2&page=2") == ["P3", "P4"]
    assert names("sort=price&limit=2&page=9") == []
    assert client.get("/api/products/?fields=id,salePrice&limit=1").json()["data"][0].keys() == {"id", "salePrice"}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("page=0", ["page"]),
        ("page=10000", ["page"]),
        ("page=x&limit=-1", ["limit", "page"]),
        ("limit=101", ["limit"]),
        ("sort=password", ["sort"]),
        ("minPrice=cheap", ["minPrice"]),
        ("maxPrice=-1", ["maxPrice"]),
        ("category=nowhere", ["category"]),
        ("fields=id,password", ["fields"]),
        ("fields=", ["fields"]),
        ("rating=9&inStock=perhaps", ["inStock", "rating"]),
    ],
)
@pytest.mark.parametrize("call", ["/api/products/", "/api/products/search"])
def test_what_cannot_be_read_is_refused(client: Client, call: str, query: str, fields: list[str]) -> None:
    catalog.product()

    assert error(client.get(f"{call}?{query}")) == (400, "validation_error", fields)


def test_search(client: Client) -> None:
    catalog.product(name="Wireless headphones", brand="Acme", amount=3000)
    catalog.product(name="Boots", brand="Bolt")
    indexing.rebuild()

    body = client.get("/api/products/search?q=hedphones").json()

    assert [item["name"] for item in body["products"]] == ["Wireless headphones"]
    assert (body["total"], body["page"], body["limit"]) == (1, 1, 20)
    assert (body["suggestion"], body["isCorrected"]) == ("headphones", True)
    assert body["facets"] == {
        "categories": [],
        "brands": [{"value": "acme", "label": "Acme", "count": 1}],
        "priceRanges": [{"value": "25-49.99", "label": "$25.00 – $49.99", "count": 1}],
        "ratings": [],
        "availability": [{"value": "1", "label": "In stock", "count": 1}],
        "attributeFacets": [],
    }


def test_one_product(client: Client) -> None:
    kind = catalog.ProductTypeFactory(code="lamp")
    product = catalog.product(
        name="Lamp",
        product_type=kind,
        attributes={"max_watts": 5, "Colour Name": "Moss"},
        options=["Colour"],
        sku="L-1",
        units=7,
        indexed=False,
    )
    product.variants.update(options={"Colour": "Moss"})
    catalog.ImageFactory(product=product, alt="A lamp")

    body = client.get(f"/api/products/{product.pk}").json()

    assert body["attributes"] == {"max_watts": 5, "Colour Name": "Moss"}  # the merchant's own keys, unchanged
    assert (body["sku"], body["price"], body["salePrice"], body["currency"]) == ("L-1", "25.00", None, "USD")
    [variant] = body["variants"]
    assert variant == {
        "id": str(product.variants.get().pk),
        "sku": "L-1",
        "attributes": {"Colour": "Moss"},
        "price": "25.00",
        "salePrice": None,
        "priceBreaks": [],
        "available": 7,
        "availability": "in_stock",
        "expectedOn": None,
    }
    assert [image["alt"] for image in body["images"]] == ["A lamp"]
    assert body["rating"] == {"average": None, "count": 0}


@pytest.mark.parametrize("path", ["", "/reviews", "/recommendations"])
@pytest.mark.parametrize("key", ["0198c0de-0000-7000-8000-000000000000", "1", "'; --", "x" * 300])
def test_unknown_products_are_404(client: Client, key: str, path: str) -> None:
    assert error(client.get(f"/api/products/{key}{path}")) == (404, "not_found", [])


def test_drafts_are_for_staff(client: Client, staff: Client) -> None:
    draft = catalog.product(status="draft")

    assert client.get(f"/api/products/{draft.pk}").status_code == 404
    assert staff.get(f"/api/products/{draft.pk}").json()["status"] == "draft"


@pytest.mark.parametrize(
    "call", ["products/", "products/search?q=lamp", "products/{id}", "products/{id}/reviews", "categories/"]
)
def test_what_has_not_changed_is_304(client: Client, call: str) -> None:
    product = catalog.product(name="Lamp", category=catalog.category("Home"))
    address = "/api/" + call.format(id=product.pk)

    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_etag_changes_with_the_answer(client: Client, staff: Client) -> None:
    product = catalog.product(name="Lamp")
    address = f"/api/products/{product.pk}"
    first = client.get(address)["ETag"]

    staff.patch(address, {"name": "Desk lamp"}, content_type=JSON)

    assert client.get(address, headers={"If-None-Match": first}).status_code == 200


def test_categories(client: Client) -> None:
    leaf = catalog.category("Home", "Lamps")

    body = client.get("/api/categories/").json()

    assert [(row["path"], row["parentId"]) for row in body["data"]] == [
        ("home", None),
        ("home/lamps", body["data"][0]["id"]),
    ]
    assert body["data"][1]["id"] == str(leaf.pk)


def test_recommendations(client: Client) -> None:
    lamps = catalog.category("Lamps")
    one, other = catalog.product(category=lamps), catalog.product(name="Other", category=lamps)
    gone = catalog.product(units=0, category=lamps)

    body = client.get(f"/api/products/{one.pk}/recommendations").json()

    assert [row["name"] for row in body["data"]] == ["Other"]
    address = f"/api/products/{one.pk}/recommendations?kind=bought-together"
    assert client.get(address).json() == {"data": []}
    recommendations.bought([one, other], [one, gone])
    learning.count_new()
    assert [row["name"] for row in client.get(address).json()["data"]] == ["Other"]
    assert error(client.get(f"/api/products/{one.pk}/recommendations?kind=magic")) == (
        400,
        "validation_error",
        ["kind"],
    )


# --- Writes


CALLS = [("post", ""), ("patch", "{id}"), ("delete", "{id}"), ("put", "{id}/inventory")]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_writes_are_for_staff_with_the_permission(client: Client, method: str, path: str) -> None:
    product = catalog.product()
    address = f"/api/products/{path.format(id=product.pk)}"

    def status(who: Client) -> tuple[int, str, list[str]]:
        return error(getattr(who, method)(address, {"quantity": 0}, content_type=JSON))

    assert status(client)[:1] == (401,)
    assert status(signed_in(person()))[:2] == (403, "permission_denied")
    assert status(signed_in(person("new@example.com", is_staff=True)))[:2] == (403, "permission_denied")
    product.refresh_from_db()
    assert product.status == "active"


def test_create(staff: Client) -> None:
    catalog.category("Home")
    body = {
        "name": "Oak stool",
        "status": "active",
        "brand": "Acme",
        "category": "home",
        "tags": ["new"],
        "variants": [
            {"sku": "S-O", "attributes": {"Colour": "Oak"}, "price": "49.00"},
            {"sku": "S-W", "attributes": {"Colour": "White"}, "price": 59, "salePrice": "45.5"},
        ],
    }

    response = staff.post("/api/products/", body, content_type=JSON)

    assert response.status_code == 201
    made = response.json()
    assert (made["slug"], made["brand"], made["category"]["path"], made["status"]) == (
        "oak-stool",
        "Acme",
        "home",
        "active",
    )
    assert [(row["sku"], row["price"], row["salePrice"]) for row in made["variants"]] == [
        ("S-O", "49.00", None),
        ("S-W", "59.00", "45.50"),
    ]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": None}, ["name"]),
        ({"sku": None}, ["sku"]),
        ({"price": "-1"}, ["price"]),
        ({"price": "free"}, ["price"]),
        ({"price": "9.999"}, ["price"]),
        ({"salePrice": "99"}, ["price"]),
        ({"category": "nowhere"}, ["category"]),
        ({"status": "archived"}, ["status"]),
        ({"attributes": {"unknown": 1}}, ["attributes.unknown"]),
        ({"sku": "TAKEN"}, ["sku"]),
        ({"tags": "new"}, ["tags"]),
    ],
)
def test_create_refuses(staff: Client, change: dict[str, Any], fields: list[str]) -> None:
    catalog.VariantFactory(sku="TAKEN")
    body = {"name": "Stool", "sku": "STOOL", "price": "10.00", **change}

    assert error(staff.post("/api/products/", body, content_type=JSON)) == (400, "validation_error", fields)
    assert Product.objects.filter(name="Stool").count() == 0


@pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', "1"])
def test_bodies_that_are_no_object(staff: Client, body: str) -> None:
    response = staff.post("/api/products/", body, content_type=JSON)

    assert response.status_code == 400
    assert response.json()["error"]["code"] in {"invalid_json", "validation_error"}


def test_the_same_key_creates_once(staff: Client) -> None:
    body = {"name": "Stool", "sku": "STOOL", "price": "10.00"}
    headers = {"Idempotency-Key": "one"}

    first = staff.post("/api/products/", body, content_type=JSON, headers=headers)
    second = staff.post("/api/products/", body, content_type=JSON, headers=headers)
    other = staff.post("/api/products/", {**body, "name": "Chair"}, content_type=JSON, headers=headers)

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == second.json()
    assert Product.objects.count() == 1


def test_change(staff: Client) -> None:
    product = catalog.product(name="Lamp", amount=2500)

    body = {"name": "Desk lamp", "price": "30.00", "salePrice": "24.00", "brand": None, "description": "New"}
    changed = staff.patch(f"/api/products/{product.pk}", body, content_type=JSON).json()

    assert (changed["name"], changed["slug"], changed["description"]) == ("Desk lamp", "desk-lamp", "New")
    assert (changed["price"], changed["salePrice"], changed["brand"]) == ("30.00", "24.00", None)


def test_change_does_all_or_nothing(staff: Client) -> None:
    product = catalog.product(name="Lamp")

    response = staff.patch(
        f"/api/products/{product.pk}", {"name": "X", "price": "5", "salePrice": "6"}, content_type=JSON
    )

    assert error(response) == (400, "validation_error", ["price"])
    product.refresh_from_db()
    assert product.name == "Lamp"


def test_delete_archives(client: Client, staff: Client) -> None:
    product = catalog.product()

    assert staff.delete(f"/api/products/{product.pk}").status_code == 204
    assert client.get(f"/api/products/{product.pk}").json()["status"] == "archived"
    assert error(staff.delete(f"/api/products/{uuid4()}")) == (404, "not_found", [])


def test_stock(staff: Client) -> None:
    product = catalog.product(sku="A", units=5)
    second = catalog.add_variant(product, sku="B", units=5)
    first = product.variants.get(sku="A")

    def put(**body: Any) -> Any:
        return staff.put(f"/api/products/{product.pk}/inventory", body, content_type=JSON)

    assert put(quantity=9, sku="B").status_code == 200
    assert stock.available([first.pk, second.pk]) == {first.pk: 5, second.pk: 9}
    assert put(quantity=0).status_code == 200
    assert stock.available([first.pk, second.pk]) == {first.pk: 0, second.pk: 0}
    assert error(put(quantity=1, sku="C")) == (404, "not_found", [])
    assert error(put(quantity=1, location="moon")) == (404, "not_found", [])


@pytest.mark.parametrize("quantity", [-1, 1.5, "many", None, True, 10**12, [1]])
def test_quantities_that_are_none(staff: Client, quantity: Any) -> None:
    product = catalog.product(units=5)
    variant = product.variants.get()

    response = staff.put(f"/api/products/{product.pk}/inventory", {"quantity": quantity}, content_type=JSON)

    assert error(response) == (400, "validation_error", ["quantity"])
    assert stock.available([variant.pk]) == {variant.pk: 5}


def test_reviews(client: Client) -> None:
    product = catalog.product()
    catalog.ReviewFactory(product=product, rating=4)
    address = f"/api/products/{product.pk}/reviews"
    customer = signed_in(person())

    assert client.post(address, {"rating": 5}, content_type=JSON).status_code == 401
    posted = customer.post(address, {"rating": 5, "title": "Good"}, content_type=JSON)
    assert (posted.status_code, posted.json()["status"]) == (201, "pending")
    assert error(customer.post(address, {"rating": 1}, content_type=JSON)) == (409, "already_reviewed", [])
    assert error(customer.post(address, {"rating": 6}, content_type=JSON)) == (400, "validation_error", ["rating"])

    body = client.get(address).json()
    histogram = [{"stars": stars, "count": int(stars == 4)} for stars in (5, 4, 3, 2, 1)]
    assert (body["total"], body["rating"]) == (1, {"average": 4.0, "count": 1, "histogram": histogram})
    assert [row["rating"] for row in body["data"]] == [4]
