"""Configuration: read once from the environment, frozen, without Flask.

Every variable is named ``FOURMI_…``; the table for people is in ``docs/operations.md`` and is checked
against :data:`VARIABLES` by a test.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

DEFAULT_SECRET = "only-for-a-demonstration-on-your-own-machine"

VARIABLES: dict[str, str] = {
    "FOURMI_MODE": "`demo` (default), `production` or `test`.",
    "FOURMI_DATA_DIR": "Folder of database, search index, uploads and demo mails. Default `var` beside the code.",
    "FOURMI_DATABASE_URL": "SQLAlchemy address. Default: SQLite in the data folder.",
    "FOURMI_REDIS_URL": "Optional: shared rate limits when there are several servers.",
    "FOURMI_SECRET_KEY": "Signs sessions, encrypts messages, codes and second factors. At least 32 characters in production.",
    "FOURMI_SECRET_KEYS_BEFORE": "Earlier secret keys: what they encrypted is still opened. Nothing new is made with them.",
    "FOURMI_BASE_URL": "Public address used in mails, e.g. `https://community.example.com`.",
    "FOURMI_MAIL_URL": "`smtp://user:password@host:587`, `smtps://…`, or `outbox:` (keeps mails in the data folder).",
    "FOURMI_MAIL_FROM": "Sender of all mails.",
    "FOURMI_WORKER": "`inside` (default): jobs run in a thread of the server; `outside`: run `flask worker`.",
    "FOURMI_REPLY_ADDRESS": "Address for replies by mail, e.g. `reply@community.example.com`. Default: nobody can reply.",
    "FOURMI_MAIL_INLET_SECRET": "Lets a mail server hand replies over by HTTP. At least 24 characters.",
    "FOURMI_IMAP_URL": "Mailbox of replies, looked into every minute: `imaps://user:password@host/INBOX`.",
    "FOURMI_SINGLE_SIGN_ON": "Sign-in through the brand's own accounts: a list of providers in JSON (docs/single-sign-on.md).",
    "FOURMI_PUSH_KEY": "Signs messages to devices. Default: made once in the data folder; give it to several servers.",
    "FOURMI_PRIVATE_RECEIVERS": "Hosts with ports inside your network that may be sent to, e.g. `push.lan:8443`. Default none.",
    "FOURMI_HELP_FEED": "Feed of the brand's own help centre (JSON Feed or Atom, https), read again and again. Default none.",
    "FOURMI_CARRIER_SECRETS": "Lets the carrier of product trials tell of deliveries: one secret, or two while they change.",
    "FOURMI_ARGON2_MEMORY_KIB": "Memory of one password hash. Not below 47104 outside tests.",
    "FOURMI_TRUSTED_PROXIES": "Number of reverse proxies whose X-Forwarded-* headers are believed. Default 0.",
}


class Misconfigured(click.ClickException):
    """The environment does not allow a start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the environment decides."""

    mode: str
    data_dir: Path
    database_url: str
    redis_url: str | None
    secret_key: str
    base_url: str
    mail_url: str
    mail_from: str
    worker: str
    argon2_memory_kib: int
    trusted_proxies: int
    debug: bool = False
    push_key: str = ""
    private_receivers: frozenset[str] = frozenset()
    reply_address: str = ""
    mail_inlet_secret: str = ""
    secrets_before: tuple[str, ...] = field(default=(), repr=False)
    carrier_secrets: tuple[str, ...] = field(default=(), repr=False)
    imap_url: str = ""
    help_feed: str = ""
    single_sign_on: str = field(default="", repr=False)

    @property
    def production(self) -> bool:
        """True when real customers are served."""
        return self.mode == "production"

    @property
    def uploads_dir(self) -> Path:
        """Where images are kept."""
        return self.data_dir / "uploads"

    @property
    def index_dir(self) -> Path:
        """Where the embedded search index lives (a cache: may be deleted)."""
        return self.data_dir / "index"

    @property
    def outbox_dir(self) -> Path:
        """Where mails are kept when no mail server is named."""
        return self.data_dir / "outbox"

    @property
    def archives_dir(self) -> Path:
        """Where archives of members' data wait to be fetched."""
        return self.data_dir / "archives"

    def problems(self) -> list[str]:
        """What forbids a start in production, in sentences that say what to do."""
        found = []
        if self.mode not in ("demo", "production", "test"):
            found.append(f"FOURMI_MODE is '{self.mode}'. Use demo, production or test.")
        local, _at, domain = self.reply_address.partition("@")
        if self.reply_address and (not local or "." not in domain or "+" in local or len(local) > 20):
            found.append(
                "FOURMI_REPLY_ADDRESS is no address of at most 20 letters before the @, without a plus."
            )
        if self.mail_inlet_secret and len(self.mail_inlet_secret) < 24:
            found.append("FOURMI_MAIL_INLET_SECRET is shorter than 24 characters.")
        if any(len(one) < 24 for one in self.carrier_secrets):
            found.append("FOURMI_CARRIER_SECRETS holds a secret shorter than 24 characters.")
        if self.imap_url and not self.imap_url.startswith(("imap://", "imaps://")):
            found.append("FOURMI_IMAP_URL must begin with imaps:// (or imap://).")
        if not self.production:
            return found
        if self.secret_key == DEFAULT_SECRET or len(self.secret_key) < 32:
            found.append(
                "FOURMI_SECRET_KEY is missing, the default or shorter than 32 characters. "
                "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if self.debug:
            found.append("Debug mode is on. Unset FLASK_DEBUG.")
        if not self.base_url.startswith("https://"):
            found.append("FOURMI_BASE_URL must be the public https:// address of the community.")
        if self.mail_url.startswith("outbox"):
            found.append("FOURMI_MAIL_URL names no mail server. Set smtp://host:port.")
        if self.argon2_memory_kib < 47_104:
            found.append("FOURMI_ARGON2_MEMORY_KIB is below 47104. Remove it or raise it.")
        return found


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the environment. Raises :class:`Misconfigured` for values that cannot be understood."""
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("FOURMI_DATA_DIR") or Path(__file__).resolve().parent.parent / "var").resolve()
    try:
        memory = int(env.get("FOURMI_ARGON2_MEMORY_KIB") or 47_104)
        proxies = int(env.get("FOURMI_TRUSTED_PROXIES") or 0)
    except ValueError as error:
        raise Misconfigured(f"A number was expected in the environment: {error}") from error
    url = env.get("FOURMI_DATABASE_URL") or f"sqlite:///{data_dir / 'fourmi.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    return Config(
        mode=env.get("FOURMI_MODE", "demo"),
        data_dir=data_dir,
        database_url=url,
        redis_url=env.get("FOURMI_REDIS_URL") or None,
        secret_key=env.get("FOURMI_SECRET_KEY") or DEFAULT_SECRET,
        base_url=(env.get("FOURMI_BASE_URL") or f"http://127.0.0.1:{env.get('PORT') or 8000}").rstrip("/"),
        mail_url=env.get("FOURMI_MAIL_URL") or "outbox:",
        mail_from=env.get("FOURMI_MAIL_FROM") or "community@localhost",
        worker=env.get("FOURMI_WORKER", "inside"),
        argon2_memory_kib=memory,
        trusted_proxies=proxies,
        debug=env.get("FLASK_DEBUG", "") not in ("", "0"),
        push_key=env.get("FOURMI_PUSH_KEY", "").strip(),
        private_receivers=frozenset(env.get("FOURMI_PRIVATE_RECEIVERS", "").replace(",", " ").split()),
        reply_address=env.get("FOURMI_REPLY_ADDRESS", "").strip().lower(),
        mail_inlet_secret=env.get("FOURMI_MAIL_INLET_SECRET", "").strip(),
        secrets_before=tuple(env.get("FOURMI_SECRET_KEYS_BEFORE", "").replace(",", " ").split()),
        carrier_secrets=tuple(env.get("FOURMI_CARRIER_SECRETS", "").replace(",", " ").split()),
        imap_url=env.get("FOURMI_IMAP_URL", "").strip(),
        help_feed=env.get("FOURMI_HELP_FEED", "").strip(),
        single_sign_on=env.get("FOURMI_SINGLE_SIGN_ON", "").strip(),
    )


_current: Config | None = None


def current_config() -> Config:
    """The configuration of this process (set once by ``create_app``)."""
    global _current
    if _current is None:
        _current = load()
    return _current


def use_config(config: Config) -> None:
    """Make a configuration the current one."""
    global _current
    _current = config
