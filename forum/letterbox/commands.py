"""`flask mail-inlet …`: the inlet by LMTP, one mail from standard input, and a look at the mailbox."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import Any

import click
from flask import Flask

from common import cli
from common.config import current_config
from common.db import db
from forum.letterbox import fetching, rules
from forum.letterbox.receiving import receive

log = logging.getLogger("fourmi.letterbox")


class Inlet:
    """Answers a mail server: one recipient for each mail, as each needs an answer of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take the first recipient; a mail server sends the mail again for the next. An address with a signature that is not
        ours is refused here, so that the sender's own server gives the text back."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        if rules.is_forged(address, current_config().reply_address, current_config().secret_key):
            return "550 5.1.1 This reply address is not one of ours: answer on the site, or reply to the letter itself"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Taken whatever becomes of it; only where it cannot be stored the mail server keeps it."""
        raw = (
            envelope.content if isinstance(envelope.content, bytes) else str(envelope.content or "").encode()
        )
        try:
            outcome = await asyncio.to_thread(self._take, raw, list(envelope.rcpt_tos))
        except Exception:
            log.exception("a mail could not be taken in; the mail server keeps it")
            return "451 4.3.0 Try again later"
        return f"250 2.0.0 {outcome}"

    def _take(self, raw: bytes, recipients: list[str]) -> str:
        with self.app.app_context():
            try:
                return receive(raw, recipients, way="lmtp").outcome.value
            finally:
                db.session.remove()


async def serve(app: Flask, host: str, port: int, ready: asyncio.Event | None = None) -> None:
    """Listen until the task is cancelled."""

    from aiosmtpd.lmtp import LMTP  # only the inlet needs it

    def session() -> LMTP:
        return LMTP(Inlet(app), data_size_limit=rules.MOST_BYTES, enable_SMTPUTF8=True, timeout=60, loop=loop)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, host, port)
    if ready is not None:
        ready.port = server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        ready.set()
    async with server:
        await server.serve_forever()


def init_app(app: Flask) -> None:
    """Put the commands on the application."""
    group = cli.group(app, "mail-inlet", help="Replies by mail: how they come in.")

    @group.command("lmtp", epilog=cli.examples("flask --app app mail-inlet lmtp --port 8024"))
    @click.option(
        "--host", default="127.0.0.1", show_default=True, help="Address to listen on; never a public one."
    )
    @click.option("--port", default=8024, show_default=True, help="Port to listen on.")
    def lmtp(host: str, port: int) -> None:
        """Listen for the mail server (LMTP) until told to stop."""
        _need_address()
        cli.say(f"Listening for replies to {current_config().reply_address} on {host}:{port}.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            asyncio.run(serve(app, host, port))
        except KeyboardInterrupt:
            cli.say("Stopped.")

    @group.command("take", epilog=cli.examples("flask --app app mail-inlet take < mail.eml"))
    @click.option("--recipient", multiple=True, help="The envelope's recipient, where the mail does not say.")
    def take(recipient: tuple[str, ...]) -> None:
        """Take one raw mail from standard input."""
        _need_address()
        receipt = receive(sys.stdin.buffer.read(rules.MOST_BYTES + 1), recipient, way="pipe")
        cli.say(f"{receipt.outcome.value} {receipt.reason}".strip())

    @group.command("fetch", epilog=cli.examples("flask --app app mail-inlet fetch"))
    def fetch() -> None:
        """Look into the mailbox of FOURMI_IMAP_URL once."""
        _need_address()
        if not current_config().imap_url:
            raise click.ClickException("FOURMI_IMAP_URL names no mailbox.")
        cli.say(f"{fetching.fetch()} mails taken in.")


def _need_address() -> None:
    if not current_config().reply_address:
        raise click.ClickException("FOURMI_REPLY_ADDRESS is not set: nobody can reply.")
