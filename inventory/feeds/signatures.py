"""Who signed a message: Standard Webhooks, with the secret of a feed and, for a while, the one it had before."""

from __future__ import annotations

import base64
import secrets

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from inventory.feeds import rules
from inventory.feeds.rules import Refused

# What the library says (it is pinned) of a timestamp more than five minutes from now.
_TIMES = {"Message timestamp too old": "timestamp_too_old", "Message timestamp too new": "timestamp_too_new"}


def new_secret() -> str:
    """A secret of 256 random bits, spelled as Standard Webhooks does."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def verify(*, secrets: list[str], message_id: str, timestamp: str, signature: str, body: bytes) -> None:
    """Whether one of the `secrets` signed this.

    Raises `Refused`: "bad_message_id", "bad_signature", "timestamp_too_old", "timestamp_too_new".
    """
    if not rules.is_message_id(message_id):
        raise Refused("bad_message_id")
    headers = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    code = "bad_signature"
    for secret in secrets:
        try:
            Webhook(secret).verify(body, headers, json_parse=False)
        except WebhookVerificationError as error:
            code = _TIMES.get(str(error), "bad_signature")
        except ValueError:  # neither UTF-8 nor base64, or no "v1,…" at all
            code = "bad_signature"
        else:
            return
    raise Refused(code)
