"""The faults F01 to F40: what is injected, why one needs no negative control, and which cannot happen yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`control` is empty where a negative control must be seen, else why none is needed; `absent` why no test is."""

    what: str
    control: str = ""
    absent: str = ""


_REAL = "real death"  # nothing is protected by a lock: there is nothing to take away

FAULTS: dict[str, Fault] = {
    "F01": Fault("100 buyers, the last unit, the same instant"),
    "F02": Fault("1,000 buyers, 100 units, one to three each"),
    "F03": Fault("carts (A, B) and (B, A) checked out at once"),
    "F04": Fault("two lines share one stock item"),
    "F05": Fault("ten clicks on Pay at once"),
    "F06": Fault("one key with two bodies; one key while the first runs"),
    "F07": Fault("a line added in another tab while paying"),
    "F08": Fault("20 parallel additions to a cart"),
    "F09": Fault("price changed between review and payment"),
    "F10": Fault("stock set to 0 during the checkout"),
    "F11": Fault("hold runs out during 3-D Secure"),
    "F12": Fault("two sweepers and a consumer on one hold"),
    "F13": Fault("paid, the browser never returns"),
    "F14": Fault("paid, no webhook, no browser"),
    "F15": Fault("webhook before the checkout's own commit"),
    "F16": Fault("every event five times"),
    "F17": Fault("events in reversed order"),
    "F18": Fault("event 72 h late, or of an erased customer"),
    "F19": Fault("provider accepts, its reply is cut off"),
    "F20": Fault("provider 30 s slow, failing, then healed"),
    "F21": Fault("two refunds of one order at once"),
    "F22": Fault("three partial captures and a cancellation"),
    "F23": Fault("cancelled and shipped at once"),
    "F24": Fault("a coupon's last use, 50 times at once"),
    "F25": Fault("store credit spent twice at once"),
    "F26": Fault("kill -9 web at each step of the checkout"),
    "F27": Fault("kill -9 worker in the middle of each task"),
    "F28": Fault("kill -9 PostgreSQL during 50 checkouts", _REAL),
    "F29": Fault("Redis flushed, then killed, under traffic", _REAL),
    "F30": Fault("the broker's queue lost; messages twice"),
    "F31": Fault("Elasticsearch down, slow, or without index", _REAL),
    "F32": Fault("reindex while prices change"),
    "F33": Fault("poison message"),
    "F34": Fault("reads from a replica 30 s behind", absent="not built yet: every read asks the primary"),
    "F35": Fault("kill -9 of the primary, replica promoted", _REAL),
    "F36": Fault("a worker's clock 10 minutes off"),
    "F37": Fault("migrations under load", absent="not part of this: the migration linter and its tests look after it"),
    "F38": Fault("connection pool exhausted", _REAL),
    "F39": Fault("PostgreSQL's disk full", _REAL),
    "F40": Fault("flash sale, 20 times the load"),
}
