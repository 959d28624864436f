"""A mail server (aiosmtpd) that takes mails, refuses them, or goes away at a moment of one's choice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailServer:
    """`taken`: what it said yes to, and what it has got without saying so. `behaviour` of the next mails:

    "takes", "refuses" (this recipient), "is busy" (try later), "hangs" (before the message), "takes in silence" (it has
    the message and cuts the line), "hangs up" (before the message).
    """

    behaviour: str = "takes"
    taken: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.behaviour == "refuses":
            return "550 5.1.1 no such mailbox"
        if self.behaviour == "hangs":
            await asyncio.sleep(30)
        if self.behaviour == "hangs up":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.behaviour == "is busy":
            return "451 4.3.0 try again later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append(message)  # type: ignore[arg-type]
        if self.behaviour == "takes in silence":
            server.transport.abort()
        return "250 OK"


class _AnyPort(Controller):
    """Listens wherever there is room."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running_mailserver() -> Iterator[MailServer]:
    """A server on a port of its own."""
    told = MailServer()
    controller = _AnyPort(told, hostname="127.0.0.1", port=0)
    controller.start()
    told.port = controller.port
    try:
        yield told
    finally:
        controller.stop(no_assert=True)
