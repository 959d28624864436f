"""A carrier made of files, for the demo and for tests: what it is given, and what it tells, lies in a folder.

`labels/<number>.json` and `.txt` are the parcels it was told of and their labels; those that were given back lie in
`labels/void/`. A file dropped into `status/` tells
what happened to parcels and is read within half a minute: one event, or a list of them,
`{"id", "trackingNumber", "status", "at", "text", "place"}`. It is put away into `status/done` or `status/refused`.
The same JSON may be posted, signed as Standard Webhooks says.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from checkout.fulfilment.carriers.base import CODES, BadMessage, CarrierUnavailable, Event, Label, Parcel, Polled

log = structlog.get_logger("checkout.fulfilment")

MAX_BYTES = 256 * 1024
MAX_EVENTS = 500
_LENGTHS = {"id": 100, "trackingNumber": 80, "status": 40, "at": 40, "text": 200, "place": 100}
_NEEDED = ("id", "trackingNumber", "status", "at")
# What the library says (it is pinned) of a timestamp more than five minutes from now.
_TIMES = {"Message timestamp too old": "timestamp_too_old", "Message timestamp too new": "timestamp_too_new"}


def from_settings() -> Demo:
    """The carrier in `settings.CARRIER_FOLDER`; without a `CARRIER_WEBHOOK_SECRET` it takes no messages."""
    return Demo(Path(settings.CARRIER_FOLDER), settings.CARRIER_WEBHOOK_SECRET)


@dataclass(frozen=True, slots=True)
class Demo:
    """The carrier whose office is `folder`, and who signs with `secret` ("whsec_…")."""

    folder: Path
    secret: str = ""
    code: str = "demo"
    name: str = "Demo Parcel"
    can_void: bool = True

    def label(self, parcel: Parcel) -> Label:
        """See `base.Carrier`. The number follows from the parcel's key, so asking twice makes one label."""
        number = _number(parcel.key)
        office = self.folder / "labels"
        try:
            office.mkdir(parents=True, exist_ok=True)
            _write(office / f"{number}.json", json.dumps(asdict(parcel) | {"trackingNumber": number}, indent=2))
            _write(office / f"{number}.txt", "\n".join([self.name, number, "", *parcel.receiver, "", parcel.number]))
        except OSError as error:
            raise CarrierUnavailable(str(error)) from error
        service = parcel.service or "Standard"
        return Label(self.name, number, tracking_url="", barcode=number, reference=number, service=service)

    def void(self, *, tracking_number: str, reference: str) -> None:
        """See `base.Carrier`. Its papers are put aside."""
        office = self.folder / "labels"
        try:
            for path in (office / f"{tracking_number}.json", office / f"{tracking_number}.txt"):
                if path.exists():
                    (office / "void").mkdir(exist_ok=True)
                    path.replace(office / "void" / path.name)
        except OSError as error:
            raise CarrierUnavailable(str(error)) from error

    def events(self, body: bytes, headers: Mapping[str, str]) -> list[Event]:
        """See `base.Carrier`."""
        self._verify(body, headers)
        return read(body)

    def poll(self) -> Sequence[Polled]:
        """See `base.Carrier`. The oldest file first; one that cannot be read is put away at once."""
        found = []
        try:
            dropped = [path for path in (self.folder / "status").glob("*.json") if path.is_file()]
            for path in sorted(dropped, key=lambda path: (path.stat().st_mtime_ns, path.name)):
                try:
                    with path.open("rb") as file:
                        found.append(Polled(tuple(read(file.read(MAX_BYTES + 1))), receipt=path.name))
                except BadMessage as refused:
                    log.warning("status file refused", carrier=self.code, file=path.name, code=refused.code)
                    self._put_away(path.name, "refused")
        except OSError as error:
            raise CarrierUnavailable(str(error)) from error
        return found

    def heard(self, polled: Polled) -> None:
        """See `base.Carrier`."""
        self._put_away(polled.receipt, "done")

    def _put_away(self, name: str, where: str) -> None:
        target = self.folder / "status" / where
        try:
            target.mkdir(exist_ok=True)
            (self.folder / "status" / name).replace(target / name)
        except OSError as error:  # it is read again, which does no harm
            log.warning("status file stays", carrier=self.code, file=name, error=str(error))

    def _verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        signed = {
            name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        }  # fmt: skip
        if not self.secret:
            raise BadMessage("bad_signature")
        try:
            Webhook(self.secret).verify(body, signed, json_parse=False)
        except WebhookVerificationError as error:
            raise BadMessage(_TIMES.get(str(error), "bad_signature")) from None
        except ValueError:  # neither UTF-8 nor base64, or no "v1,…" at all
            raise BadMessage("bad_signature") from None


def read(body: bytes) -> list[Event]:
    """The events of a file or a message. Raises `BadMessage`."""
    if len(body) > MAX_BYTES:
        raise BadMessage("body_too_large")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise BadMessage("bad_message") from None
    rows = told if isinstance(told, list) else [told]
    if not rows or len(rows) > MAX_EVENTS:
        raise BadMessage("bad_message")
    return [_event(row) for row in rows]


def _event(row: Any) -> Event:
    if not isinstance(row, dict) or not all(row.get(name) for name in _NEEDED):
        raise BadMessage("bad_message")
    text = {name: row.get(name, "") for name in _LENGTHS}
    for name, value in text.items():
        if not isinstance(value, str) or len(value) > _LENGTHS[name] or not value.isprintable():
            raise BadMessage("bad_message")
    if text["status"] not in CODES:
        raise BadMessage("unknown_status")
    try:
        at = datetime.fromisoformat(text["at"])
    except ValueError:
        raise BadMessage("bad_message") from None
    if at.tzinfo is None:
        raise BadMessage("bad_message")
    return Event(text["id"], text["trackingNumber"], text["status"], at, text["text"], text["place"])


def _number(key: str) -> str:
    digits = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % 10**14
    return f"DP{digits:014d}"


def _write(path: Path, text: str) -> None:
    """All of it or nothing: somebody may be reading the folder."""
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
