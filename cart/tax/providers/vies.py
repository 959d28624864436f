"""VIES, the European Commission's register of VAT ids, by its REST API."""

from __future__ import annotations

from cart.tax.providers.base import Said, Unavailable
from cart.tax.providers.http import post
from shop.core.entered import one_line


class Vies:
    """`POST <url>/check-vat-number`. It asks the member state, which may be away; then the answer has an error."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def check(self, vat_id: str) -> Said:
        """See `base.VatRegister`."""
        found = post(f"{self.url}/check-vat-number", {"countryCode": vat_id[:2], "vatNumber": vat_id[2:]}, {})
        is_valid = found.get("valid")
        if not isinstance(is_valid, bool) or found.get("actionSucceed") is False:
            raise Unavailable("the member state does not answer")
        return Said(is_valid, one_line(found.get("requestIdentifier"))[:80])
