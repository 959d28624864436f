"""``python -m checkout.payments.sandbox --port N --data DIR [--webhook-url URL]``"""

import argparse
import contextlib
import os
import signal
import sys

from checkout.payments.sandbox.box import Settings
from checkout.payments.sandbox.server import Sandbox


def main() -> int:
    """Run until Ctrl-C or SIGTERM; 1 when the port is taken."""
    options = _options()
    defaults = Settings()
    settings = Settings(
        secret_key=os.environ.get("STRIPE_SECRET_KEY") or defaults.secret_key,
        publishable_key=os.environ.get("STRIPE_PUBLISHABLE_KEY") or defaults.publishable_key,
        webhook_secret=os.environ.get("STRIPE_WEBHOOK_SECRET") or defaults.webhook_secret,
        webhook_url=options.webhook_url,
        paypal_client_id=os.environ.get("PAYPAL_CLIENT_ID") or defaults.paypal_client_id,
        paypal_client_secret=os.environ.get("PAYPAL_CLIENT_SECRET") or defaults.paypal_client_secret,
        paypal_webhook_id=os.environ.get("PAYPAL_WEBHOOK_ID") or defaults.paypal_webhook_id,
        paypal_webhook_url=options.paypal_webhook_url,
        shop_origins=tuple(filter(None, os.environ.get("SHOP_ORIGIN", "").split(","))),
        public_url=options.public_url,
    )
    try:
        sandbox = Sandbox(settings, data=options.data, host=options.host, port=options.port)
    except OSError as error:
        sys.stderr.write(f"payment sandbox: cannot listen on {options.host}:{options.port}: {error.strerror}\n")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"payment sandbox on {sandbox.url}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        sandbox.serve()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="checkout.payments.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--data", default=":memory:", help="directory for its file; without it nothing is kept")
    site = os.environ.get("SITE_URL", "").rstrip("/")
    parser.add_argument(
        "--webhook-url",
        default=f"{site}/api/webhooks/stripe" if site else "",
        help="where signed events are sent (default: to the shop at SITE_URL)",
    )
    parser.add_argument(
        "--paypal-webhook-url",
        default=f"{site}/api/webhooks/paypal" if site else "",
        help="where PayPal's messages are sent (default: to the shop at SITE_URL)",
    )
    parser.add_argument("--public-url", default="", help="how browsers reach it, if not by the address it is called at")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
