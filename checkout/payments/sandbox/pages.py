"""Pages for shoppers: the hosted payment page and the 3-D Secure challenge. Plain forms, no scripts."""

import html
import re
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from checkout.payments.sandbox import intents, methods, sessions, wire
from checkout.payments.sandbox.box import Box, Call
from checkout.payments.sandbox.store import Object

_ASSETS = Path(__file__).parent / "assets"
_PAID = ("succeeded", "requires_capture", "processing")
_NO_DIGITS = ("jpy", "krw", "clp", "vnd")
_ROUTE = re.compile(r"/(pay|challenge)/(\w+)(?:/(\w+))?")


def answer(box: Box, request: wire.Request) -> wire.Response:
    """The page at a path."""
    if request.path == "/assets/sandbox.css":
        css = (_ASSETS / "sandbox.css").read_bytes()
        return wire.Response(200, css, "text/css; charset=utf-8", {"Cache-Control": "max-age=300"})
    match = _ROUTE.fullmatch(request.path)
    if match is None or request.method not in ("GET", "POST"):
        return notice("Nothing here", "This is a payment sandbox. It stands in for a bank and moves no money.", 404)
    page, id, rest = match.groups()
    form = wire.decode(request.body.decode("utf-8", "replace")) if request.method == "POST" else None
    call = Call(box, form or {}, request.origin)
    try:
        return _pay(call, id, rest, form) if page == "pay" else _challenge(call, id, rest, form)
    except wire.ApiError as error:
        return notice("This payment page is not open", str(error), 404 if error.status == 404 else 400)


def _pay(call: Call, id: str, rest: str | None, form: dict[str, Any] | None) -> wire.Response:
    """Show the page, or pay; ``rest`` is "return" when the shopper comes back from a challenge."""
    with call.store.transaction():
        session = sessions.current(call, id)
        intent = _intent_of(call, session)
        if intent and intent["status"] in _PAID:
            session = sessions.complete(call, session, intent)
        if session["status"] == "complete":
            return wire.redirect(_success(session))
        if session["status"] != "open":
            return notice("This payment page has expired", "Nothing was charged. Please go back to the shop.", 410)
        if form is None:
            return _pay_page(session, _last_problem(intent) if rest == "return" else "", {})
        problem = _attempt(call, session, form)
    if isinstance(problem, str):
        return _pay_page(session, problem, form)
    return problem


def _attempt(call: Call, session: Object, form: dict[str, Any]) -> wire.Response | str:
    """Where to go after paying, or what went wrong."""
    month, _, year = wire.text(form, "expiry", "").replace(" ", "").partition("/")
    card = {
        "number": wire.text(form, "number", ""),
        "exp_month": month,
        "exp_year": year,
        "cvc": wire.text(form, "cvc", ""),
    }
    try:
        method = methods.add(
            call.store, {"type": "card", "card": card, "billing_details": {"name": wire.text(form, "name", "")}}
        )
        intent = sessions.pay(call, session, method["id"])
    except wire.ApiError as error:
        return str(error)
    if intent["status"] == "requires_action":
        return wire.redirect(intent["next_action"]["redirect_to_url"]["url"])
    fresh = sessions.current(call, session["id"])
    return wire.redirect(_success(sessions.complete(call, fresh, intent)))


def _challenge(call: Call, id: str, key: str | None, form: dict[str, Any] | None) -> wire.Response:
    with call.store.transaction():
        intent = call.store.load("payment_intent", id)
        if not key or key != intent.get("_challenge"):
            raise wire.no_such("challenge", id)
        if intent["status"] == "requires_action" and form is not None:
            intent = _decided(call, intent, wire.text(form, "result", "fail") == "complete")
    if intent["status"] == "requires_action":
        # From a hosted page the way back leads on to the shop in one go.
        hosts = call.store.where("checkout.session", "payment_intent", id)
        return _challenge_page(intent, tuple(session["success_url"] for session in hosts))
    return wire.redirect(_returned(intent))


def _decided(call: Call, intent: Object, passed: bool) -> Object:
    try:
        return intents.challenged(call, intent, passed)
    except wire.ApiError as error:
        if not error.kept:
            raise
        return call.store.load("payment_intent", intent["id"])


def _returned(intent: Object) -> str:
    """The shop's address with what Stripe adds to it."""
    status = "succeeded" if intent["status"] in _PAID else "failed"
    parts = urlsplit(intent["_return_url"])
    added = urlencode(
        {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": status,
        }
    )
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def _intent_of(call: Call, session: Object) -> Object | None:
    return call.store.load("payment_intent", session["payment_intent"]) if session["payment_intent"] else None


def _last_problem(intent: Object | None) -> str:
    error = (intent or {}).get("last_payment_error")
    if not error:
        return ""
    if error["code"] == "payment_intent_authentication_failure":
        return "The bank could not confirm that it was you. Please try again or use another card."
    return str(error["message"])


def _success(session: Object) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _amount(thing: Object, name: str) -> str:
    currency = thing["currency"]
    minor: int = thing[name]
    return f"{minor:,} {currency.upper()}" if currency in _NO_DIGITS else f"{minor / 100:,.2f} {currency.upper()}"


def _pay_page(session: Object, problem: str, form: dict[str, Any]) -> wire.Response:
    cancel = session["cancel_url"]
    return page(
        "pay",
        f"Pay {_amount(session, 'amount_total')}",
        (session["success_url"], cancel),
        status=402 if problem and form else 200,
        amount=_amount(session, "amount_total"),
        order=session["client_reference_id"] or "",
        action=f"/pay/{session['id']}",
        name=wire.text(form, "name", ""),
        problem=problem,
        problem_hidden="" if problem else "hidden",
        cancel=cancel or "",
        cancel_hidden="" if cancel else "hidden",
    )


def _challenge_page(intent: Object, onward: tuple[str, ...]) -> wire.Response:
    return page(
        "challenge",
        "Confirm your payment",
        (intent["_return_url"], *onward),
        amount=_amount(intent, "amount"),
        action=f"/challenge/{intent['id']}/{intent['_challenge']}",
    )


def notice(title: str, message: str, status: int) -> wire.Response:
    """A page that only says something."""
    return page("notice", title, (), status=status, message=message)


def page(
    template: str, title: str, targets: tuple[str | None, ...], *, status: int = 200, **values: str
) -> wire.Response:
    """A page from its template in ``assets``.

    ``targets``: addresses that a form may lead to (browsers check redirects of forms too).
    """
    escaped = {name: html.escape(value) for name, value in values.items()}
    body = Template((_ASSETS / f"{template}.html").read_text()).substitute(escaped)
    whole = Template((_ASSETS / "page.html").read_text()).substitute(title=html.escape(title), body=body)
    origins = " ".join(sorted({"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in targets if url}))
    policy = (
        f"default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {origins};"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return wire.Response(status, whole.encode(), "text/html; charset=utf-8", headers)
