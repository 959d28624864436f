"""The way to PayPal: its official library, and `requests` for the two calls that the library does not know.

The only file that imports either. Answers are plain dicts, as PayPal wrote them; errors are ours.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from apimatic_core.exceptions.auth_validation_exception import AuthValidationException
from paypalserversdk.configuration import Configuration, Server
from paypalserversdk.exceptions.api_exception import ApiException
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials
from paypalserversdk.models.o_auth_token import OAuthToken
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient

from checkout.payments.providers import base

LIVE = "https://api-m.paypal.com"
_WHOLE = "return=representation"
_SKEW = 60  # seconds before its end at which a token counts as old

Answer = dict[str, Any]


class Refused(base.ProviderRefused):
    """PayPal said no. ``code`` is its issue ("INSTRUMENT_DECLINED"), else the error's name; ``status`` the HTTP one."""

    def __init__(self, message: str, code: str, status: int) -> None:
        super().__init__(message, code)
        self.status = status


class Client:
    """PayPal's calls that the provider uses. All raise ``ProviderUnavailable`` and ``Refused``."""

    def __init__(
        self, *, client_id: str, client_secret: str, api_base: str, network_retries: int, timeout: tuple[float, float]
    ) -> None:
        self._base, self._retries, self._timeout = api_base or LIVE, network_retries, timeout
        credentials = ClientCredentialsAuthCredentials(
            client_id,
            client_secret,
            o_auth_token_provider=self._fetched,  # the library's own way hides why it failed
            o_auth_clock_skew=_SKEW,
        )
        sdk = PaypalServersdkClient(config=_Configuration(self._base, timeout, credentials))
        self._auth = sdk.oauth_2
        self._token: OAuthToken | None = None
        self._orders, self._payments, self._reports = sdk.orders, sdk.payments, sdk.transaction_search
        self._http = requests.Session()

    def create_order(self, body: Mapping[str, Any], key: str) -> Answer:
        return self._ask(self._orders.create_order, body=body, paypal_request_id=key, prefer=_WHOLE)

    def order(self, id: str) -> Answer:
        return self._ask(self._orders.get_order, id=id)

    def note(self, id: str, custom_id: str) -> None:
        """Replace our own note on an order that is not yet paid."""
        path = "/purchase_units/@reference_id=='default'/custom_id"
        self._ask(self._orders.patch_order, id=id, body=[{"op": "replace", "path": path, "value": custom_id}])

    def capture_order(self, id: str, key: str) -> Answer:
        return self._ask(self._orders.capture_order, id=id, paypal_request_id=key, prefer=_WHOLE)

    def authorize_order(self, id: str, key: str) -> Answer:
        return self._ask(self._orders.authorize_order, id=id, paypal_request_id=key, prefer=_WHOLE)

    def authorization(self, id: str) -> Answer:
        return self._ask(self._payments.get_authorized_payment, authorization_id=id)

    def capture(self, id: str) -> Answer:
        return self._ask(self._payments.get_captured_payment, capture_id=id)

    def capture_authorization(self, id: str, body: Mapping[str, Any], key: str) -> Answer:
        call = self._payments.capture_authorized_payment
        return self._ask(call, authorization_id=id, body=body, paypal_request_id=key, prefer=_WHOLE)

    def void_authorization(self, id: str, key: str) -> None:
        self._ask(self._payments.void_payment, authorization_id=id, paypal_request_id=key)

    def refund(self, id: str, body: Mapping[str, Any], key: str) -> Answer:
        call = self._payments.refund_captured_payment
        return self._ask(call, capture_id=id, body=body, paypal_request_id=key, prefer=_WHOLE)

    def transactions(self, start: str, end: str, page: int) -> Answer:
        """One page of at most 500; a range of at most 31 days."""
        return self._ask(
            self._reports.search_transactions,
            start_date=start, end_date=end, page=page, page_size=500,
            fields="transaction_info", balance_affecting_records_only="N",
        )  # fmt: skip

    def disputes(self, capture_id: str) -> list[Answer]:
        """The disputes of a capture, in full; none where the account may not read them."""
        try:
            listed = self._own("GET", "/v1/customer/disputes", params={"disputed_transaction_id": capture_id})
            found = [self._own("GET", f"/v1/customer/disputes/{one['dispute_id']}") for one in listed.get("items", [])]
        except Refused as refused:
            if refused.status == 403:
                return []
            raise
        return found

    def is_authentic(self, body: bytes, proof: Mapping[str, str]) -> bool:
        """Whether PayPal sent ``body``. It goes back byte by byte: written anew it would be another message."""
        question = json.dumps(dict(proof)).encode()[:-1] + b', "webhook_event": ' + body + b"}"
        answer = self._own("POST", "/v1/notifications/verify-webhook-signature", data=question)
        return answer.get("verification_status") == "SUCCESS"

    def _own(self, method: str, path: str, **sent: Any) -> Answer:
        """A call that the library does not have, with its token."""

        def send(_options: Mapping[str, Any]) -> requests.Response:
            if not self._auth.is_valid() or self._token is None:
                raise AuthValidationException(self._auth.error_message)
            headers = {"Authorization": f"Bearer {self._token.access_token}", "Content-Type": "application/json"}
            answer = self._http.request(method, self._base + path, headers=headers, timeout=self._timeout, **sent)
            if answer.status_code >= 400:
                raise ApiException(answer.reason, answer)
            return answer

        return self._ask(send)

    def _ask(self, call: Callable[[Mapping[str, Any]], Any], **options: Any) -> Answer:
        """The answer to a call. A broken connection is tried again (every call may be made twice), as is a call with
        a token that PayPal knows no more: nothing was done then."""
        tries, is_fresh = self._retries, False
        while True:
            try:
                with _translated():
                    text: str = call(options).text
                    return dict(json.loads(text)) if text else {}
            except base.ProviderUnavailable as unavailable:
                if tries <= 0 or not isinstance(unavailable.__cause__, requests.ConnectionError):
                    raise
                tries -= 1
            except Refused as refused:
                if refused.status != 401 or is_fresh:
                    raise
                is_fresh = True
                self._forget_token()

    def _fetched(self, _old: OAuthToken | None, auth: Any) -> OAuthToken:
        self._token = auth.fetch_token()
        return self._token

    def _forget_token(self) -> None:
        if self._token is not None:
            self._token.expiry = 0


class _Configuration(Configuration):
    """The library's configuration, for any address."""

    def __init__(self, api_base: str, timeout: tuple[float, float], credentials: Any) -> None:
        self._api_base = api_base
        super().__init__(timeout=timeout, client_credentials_auth_credentials=credentials)

    def get_base_uri(self, server: Any = Server.DEFAULT) -> str:
        return self._api_base


@contextmanager
def _translated() -> Iterator[None]:
    """PayPal's errors as ours: an answer that never came, or a refusal."""
    try:
        yield
    except ApiException as error:
        raise _meaning(error) from error
    except AuthValidationException as error:
        raise Refused("PayPal does not know this client", "invalid_client", 401) from error
    except (requests.RequestException, ValueError) as error:  # ValueError: an answer that is no JSON
        raise base.ProviderUnavailable("no answer from PayPal") from error


def _meaning(error: ApiException) -> Exception:
    status, text = error.response.status_code, error.response.text
    if status >= 500 or status in (408, 409, 429):
        return base.ProviderUnavailable(f"no answer from PayPal ({status})")
    try:
        said = json.loads(text)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    details = said.get("details") or [{}]
    code = "resource_missing" if status == 404 else details[0].get("issue") or said.get("name") or said.get("error")
    message = details[0].get("description") or said.get("message") or said.get("error_description")
    return Refused(str(message or "refused by PayPal"), str(code or status), status)
