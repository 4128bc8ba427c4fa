"""A real mail server on this machine, so that the flows read the mails that were really sent."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from common.config import use_config


@dataclass
class Sink:
    """The mails a local SMTP server received, oldest first."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep one mail."""
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        return [mail for mail in self.mails if address in str(mail["To"])]


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content()


@pytest.fixture
def sink(app: Flask) -> Iterator[Sink]:
    """An SMTP server of the length of a test; the application sends its mails there."""
    from aiosmtpd.controller import Controller

    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    received = Sink(port)
    server = Controller(received, hostname="127.0.0.1", port=port)
    before = app.config["FOURMI"]
    server.start()
    use_config(replace(before, mail_url=f"smtp://127.0.0.1:{received.port}"))
    yield received
    use_config(before)
    server.stop()
