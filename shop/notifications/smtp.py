"""The way to the mail server, which tells a mail that was surely not taken from one that may have been."""

from __future__ import annotations

import smtplib

from django.core.mail.backends import smtp

_END = b"\r\n.\r\n"  # of a message


class Unanswered(smtplib.SMTPServerDisconnected):
    """The whole message was handed over and the server did not say whether it has it."""


class Connection(smtplib.SMTP):
    """Knows whether the end of a message was the last thing it sent."""

    _is_handed_over = False

    def send(self, s: bytes | str) -> None:  # type: ignore[override]
        self._is_handed_over = False
        super().send(s)
        self._is_handed_over = isinstance(s, bytes) and s.endswith(_END)

    def getreply(self) -> tuple[int, bytes]:
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if self._is_handed_over:
                raise Unanswered(str(error)) from error
            raise


class EmailBackend(smtp.EmailBackend):
    """Django's, with connections that know."""

    connection_class = Connection  # type: ignore[assignment]
