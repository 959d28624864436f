import re

import pytest
from django.test import Client
from django.urls import reverse

from shop.accounts import selectors, services
from shop.accounts.models import Address
from tests.factories.accounts import ADDRESS, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client: Client):
    person = UserFactory()
    client.force_login(person)
    return person


def saved(user):
    return services.add_address(customer_id=user.pk, address=ADDRESS, by="test")


@pytest.mark.parametrize("name", ["account", "address_list", "order_history", "store_credit", "preferences"])
def test_the_pages_of_an_account_mark_the_one_that_is_shown(client: Client, user, name: str) -> None:
    page = client.get(reverse(name)).content.decode()
    begins = page.index('<nav class="chips account-nav"')
    chips = page[begins : page.index("</nav>", begins)]
    assert re.findall(r'href="([^"]+)" aria-current="page"', chips) == [reverse(name)]


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_the_title_of_a_page_to_sign_in_is_one_line(name: str) -> None:
    (title,) = re.findall(r"<title>(.*?)</title>", Client().get(reverse(name)).content.decode(), re.DOTALL)
    assert re.fullmatch(r"[A-Z][\w ]+ · \w+", title), title


def test_a_form_below_one_of_an_accounts_pages_marks_that_page(client: Client, user) -> None:
    page = client.get(reverse("address_add")).content.decode()
    assert re.findall(r'href="([^"]+)" aria-current="true"', page) == [reverse("address_list")]


def test_an_address_is_added_changed_and_deleted(client: Client, user) -> None:
    assert client.get(reverse("address_add")).status_code == 200
    answer = client.post(reverse("address_add"), ADDRESS)
    assert (answer.status_code, answer["Location"]) == (302, reverse("address_list"))
    address = Address.objects.get()
    edit, delete = reverse("address_edit", args=[address.pk]), reverse("address_delete", args=[address.pk])
    assert "62701" in client.get(edit).content.decode()
    client.post(edit, {**ADDRESS, "city": "Chicago", "postal_code": "60601"})
    assert [row.address["city"] for row in selectors.addresses_of(user.pk)] == ["Chicago"]
    assert "Chicago" in client.get(reverse("address_list")).content.decode()
    assert client.get(delete).status_code == 200
    assert Address.objects.count() == 1
    client.post(delete)
    assert Address.objects.count() == 0


def test_the_address_book_asks_for_what_the_country_has(client: Client, user) -> None:
    """And says of nothing that it must have that it is optional."""

    def asked(page: str) -> dict[str, bool]:
        labels = re.findall(r'<label for="id_(\w+)">([^<]+)(<span class="field__optional">)?', page)
        return {f"{name}: {label.strip()}": not optional for name, label, optional in labels}

    at_home = asked(client.get(reverse("address_add")).content.decode())
    assert {name for name, is_asked in at_home.items() if is_asked} >= {
        "city: City", "state: State", "postal_code: ZIP code", "country: Country",
    }  # fmt: skip
    answer = client.post(reverse("address_add"), {**ADDRESS, "state": "", "country": "DE", "update": "1"})
    page = answer.content.decode()
    assert (answer.status_code, Address.objects.count()) == (200, 0)
    assert asked(page)["postal_code: Postcode"] is True
    assert not [name for name in asked(page) if name.startswith("state")]
    assert (f'value="{ADDRESS["city"]}"' in page, 'type="hidden" name="state"' in page) == (True, True)
    assert '<option value="IL">Illinois</option>' in client.get(reverse("address_add")).content.decode()


def test_a_bad_address_is_shown_again_with_what_is_wrong(client: Client, user) -> None:
    answer = client.post(reverse("address_add"), {**ADDRESS, "postal_code": "x", "country": "XX", "first_name": ""})
    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["country", "first_name"]
    answer = client.post(reverse("address_add"), {**ADDRESS, "postal_code": "x", "last_name": "y" * 200})
    assert sorted(answer.context["form"].errors) == ["last_name", "postal_code"]
    assert Address.objects.count() == 0


@pytest.mark.parametrize("name", ["address_edit", "address_delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_A05_other_peoples_addresses_are_not_found(client: Client, user, name: str, method: str) -> None:
    address = saved(UserFactory())
    answer = getattr(client, method)(reverse(name, args=[address]), ADDRESS)
    assert answer.status_code == 404
    assert Address.objects.get().city == "Springfield"


def test_A10_an_address_belongs_to_who_saves_it(client: Client, user) -> None:
    other = UserFactory()
    client.post(reverse("address_add"), {**ADDRESS, "user": str(other.pk), "user_id": str(other.pk)})
    assert Address.objects.get().user_id == user.pk


def test_guests_are_sent_to_sign_in(client: Client) -> None:
    for name in ("address_list", "address_add", "preferences"):
        answer = client.get(reverse(name))
        assert answer["Location"] == f"{reverse('account_login')}?next={reverse(name)}"


def test_preferences_are_kept(client: Client, user) -> None:
    data = {"first_name": "Ada", "last_name": "L", "language": "en", "has_profiling_consent": "on", "is_staff": "on"}
    assert client.post(reverse("preferences"), data).status_code == 302
    user.refresh_from_db()
    assert (user.full_name, user.is_staff) == ("Ada L", False)
    chosen = selectors.preferences_of(user.pk)
    assert (chosen.language, chosen.has_marketing_consent, chosen.has_profiling_consent) == ("en", False, True)
    assert client.post(reverse("preferences"), {"language": "xx"}).status_code == 422


@pytest.mark.parametrize("number", [1, 30])
def test_the_address_book_takes_the_same_queries_whatever_its_length(
    client: Client, user, number: int, django_assert_max_num_queries
) -> None:
    for _ in range(number):
        saved(user)
    client.get(reverse("address_list"))
    with django_assert_max_num_queries(5):
        client.get(reverse("address_list"))
