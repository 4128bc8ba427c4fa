"""Mail: a job row in the act's own transaction, written as a letter at the moment it is sent.

Only ids are stored. The renderer of a template reads what is true when the mail leaves, so a letter about
content that was removed meanwhile is not sent, and a one-time token is made only then.
"""

from __future__ import annotations

import re
import secrets
import smtplib
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from common import clock, jobs, settings
from common.config import current_config
from common.i18n import Sentence, using_language

SMTP_TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list in a letter: words, where they lead, a remark, and their language where it is another."""

    text: Sentence | str
    url: str = ""
    note: Sentence | str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A headed list in a letter."""

    heading: Sentence | str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Letter:
    """One mail: subject, paragraphs, headed lists, at most one button and some links under it, in the reader's language."""

    to: str
    subject: Sentence | str
    paragraphs: list[Sentence | str]
    button: tuple[Sentence | str, str] | None = None
    language: str = "fr"
    unsubscribe_url: str | None = None
    to_name: str = ""
    reason: Sentence | str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    reply_to: str = ""
    reply_hint: Sentence | str | None = None
    quoted: str = ""
    links: list[tuple[Sentence | str, str]] = field(default_factory=list)
    name: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """What a letter says before it is said to anybody. Staff may put other words in their place: ``label`` is what they
    know it by; the values of its sentences (``%(name)s``) are what those words may hold."""

    name: str
    label: Sentence
    subject: Sentence
    paragraphs: tuple[Sentence, ...]
    button: Sentence | None = None

    def letter(self, to: str, values: Mapping[str, Any], url: str = "", **more: Any) -> Letter:
        """The letter to somebody."""
        return Letter(
            to=to,
            subject=self.subject.filled(values),
            paragraphs=[paragraph.filled(values) for paragraph in self.paragraphs],
            button=(self.button, url) if self.button and url else None,
            name=self.name,
            values=dict(values),
            **more,
        )


_words: dict[str, Words] = {}


def words(*given: Any, **named: Any) -> Words:
    """Make the :class:`Words` of a letter, and make them known."""
    made = Words(*given, **named)
    _words[made.name] = made
    return made


def all_words() -> list[Words]:
    """The words of all letters that have words of their own."""
    return list(_words.values())


@dataclass(frozen=True, slots=True)
class Edited:
    """Words that staff put in the place of a letter's own; ``{name}`` stands for a value."""

    subject: str
    body: str
    button: str


Edits = Callable[[str, str], Edited | None]
_edits: list[Edits] = []
_VALUE = re.compile(r"\{([a-z_]+)\}")


def set_edits(edits: Edits) -> None:
    """Fill the port that knows what staff wrote for a letter in a language."""
    _edits[:] = [edits]


def as_edited(letter: Letter, edited: Edited | None = None) -> Letter:
    """The letter in the words of staff, where there are any. Values are put in once; nothing in them is read again."""
    if edited is None and _edits and letter.name:
        edited = _edits[0](letter.name, letter.language)
    if edited is None:
        return letter
    with using_language(letter.language):
        values = {key: str(value) for key, value in letter.values.items()}
    subject, body, button = (
        _VALUE.sub(lambda found: values.get(found[1], ""), text)
        for text in (edited.subject, edited.body, edited.button)
    )
    return replace(
        letter,
        subject=subject,
        paragraphs=[part.strip() for part in re.split(r"\n\s*\n", body) if part.strip()],
        button=(button, letter.button[1]) if letter.button else None,
    )


def plain(letter: Letter) -> Letter:
    """The letter as it stands, in nobody's other words."""
    return replace(letter, name="")


Renderer = Callable[[dict[str, Any]], Letter | None]
_renderers: dict[str, Renderer] = {}


def renderer(template: str) -> Callable[[Renderer], Renderer]:
    """Register what writes the letters of a template from ids; None means "not any more"."""

    def register(make: Renderer) -> Renderer:
        _renderers[template] = make
        return make

    return register


def queue(template: str, *, key: str | None = None, run_at: datetime | None = None, **ids: Any) -> bool:
    """Have a mail sent, inside the open unit of work. ``key`` makes it happen once; False when it already was."""
    if template not in _renderers:
        raise LookupError(f"no renderer for mail '{template}'")
    return jobs.enqueue("mail.send", {"template": template, **ids}, f"mail:{key}" if key else None, run_at)


def queue_many(template: str, letters: Iterable[tuple[str, datetime, dict[str, Any]]]) -> None:
    """Have many mails of one template sent, as (key, when, ids); each key once."""
    if template not in _renderers:
        raise LookupError(f"no renderer for mail '{template}'")
    jobs.enqueue_many(
        "mail.send", [({"template": template, **ids}, f"mail:{key}", at) for key, at, ids in letters]
    )


def take_back(key: str) -> bool:
    """Cancel a mail that has not left yet."""
    return jobs.cancel(f"mail:{key}")


@jobs.job("mail.send")
def send(payload: dict[str, Any]) -> None:
    """Write the letter and hand it over. A failing server makes the job come back later."""
    letter = _renderers[payload["template"]]({k: v for k, v in payload.items() if k != "template"})
    if letter is not None and letter.to:
        deliver(compose(as_edited(letter)))


def link(endpoint: str, language: str, **values: Any) -> str:
    """The absolute address of a page, for letters: built from `FOURMI_BASE_URL`, never from a request."""
    base = urlsplit(current_config().base_url)
    adapter = current_app.url_map.bind(base.netloc, url_scheme=base.scheme or "http")
    if current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values.setdefault("lang", language)
    return current_config().base_url + adapter.build(endpoint, values)


def _one_line(value: object) -> str:
    """No header can be smuggled in through a name or a subject."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())


def compose(letter: Letter) -> EmailMessage:
    """The letter as a message with a text and an HTML part."""
    message = EmailMessage(policy=policy.SMTP)
    with using_language(letter.language):
        message["Subject"] = _one_line(letter.subject)[:200]
        message["From"] = _sender()
        message["To"] = _one_line(letter.to)
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = make_msgid(domain=current_config().mail_from.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        if letter.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if letter.reply_to:
            message["Reply-To"] = _addressed(_one_line(letter.reply_to))
        for name, value in letter.headers.items():
            message[name] = _one_line(value)
        message.set_content(render_template("email/letter.txt", letter=letter))
        message.add_alternative(render_template("email/letter.html", letter=letter), subtype="html")
    return message


def _sender() -> Address:
    return _addressed(current_config().mail_from)


def _addressed(address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(_one_line(settings.get("brand.community")), local, domain)


def deliver(message: EmailMessage) -> None:
    """Hand a message to the mail server, or to the outbox folder when none is named."""
    url = urlsplit(current_config().mail_url)
    if url.scheme == "outbox":
        _keep(message)
        return
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            url.hostname or "", url.port or 465, timeout=SMTP_TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(url.hostname or "", url.port or 25, timeout=SMTP_TIMEOUT)
    with server:
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def _keep(message: EmailMessage) -> None:
    folder = current_config().outbox_dir
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{time.time_ns():020d}{secrets.randbelow(1000):03d}.eml"
    partial = folder / f".{name}"
    partial.write_bytes(message.as_bytes())
    partial.rename(folder / name)


def kept() -> list[Path]:
    """The mails of the outbox folder, newest first."""
    folder = current_config().outbox_dir
    return sorted(folder.glob("*.eml"), reverse=True) if folder.exists() else []
