import pytest

from shop.accounts import emails
from shop.notifications import services as notifications

NAMES = [
    *emails.NOTICES,
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/password_reset_key",
    "account/email/account_already_exists",
    "account/email/unknown_account",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_e_mail_says_what_happened_and_links_to_the_shop_itself(name: str, settings) -> None:
    given = {"key": "abc:def", "password_reset_url": f"{settings.SITE_URL}/account/password/reset/key/x/"}
    mail = emails.words(name, given)
    letter = notifications.render(template=emails.TEMPLATE, language="en", context=mail)
    assert letter.subject == mail["subject"]
    assert mail["url"].startswith(f"{settings.SITE_URL}/account/")
    for line in (*mail["lines"], mail["url"]):
        assert line in letter.body
        assert line in letter.alternatives[0].content


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        emails.words("account/email/new_in_some_version", {})
