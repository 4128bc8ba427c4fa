"""What of one's statement is shown: an account, a kind of line, a time; and the same as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from common.i18n import Sentence, _, day_begins, local
from common.lists import Page
from rewards.ledger.models import LedgerEntry
from rewards.ledger.queries import StatementLine, statement
from rewards.ledger.rules import Account, Cause, EntryKind

KINDS: dict[str, tuple[EntryKind, ...]] = {
    "earned": (EntryKind.EARN, EntryKind.MIGRATE),
    "undone": (EntryKind.REVERSE,),
    "spent": (EntryKind.SPEND,),
    "returned": (EntryKind.REFUND,),
    "expired": (EntryKind.EXPIRE,),
    "team": (EntryKind.ADJUST,),
}
KIND_WORDS: dict[str, Sentence] = {
    "earned": _("earned"),
    "undone": _("undone"),
    "spent": _("spent"),
    "returned": _("points given back"),
    "expired": _("expired"),
    "team": _("written by the team"),
}
ACCOUNT_WORDS: dict[str, Sentence] = {
    Account.REPUTATION.value: _("Reputation"),
    Account.SPENDABLE.value: _("To spend"),
}
MOST_LINES = 20_000
"""Lines of one file at most: the newest."""
HEADS: tuple[Sentence, ...] = (_("Date"), _("What"), _("About"), _("Reputation"), _("To spend"), _("Note"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen; empty is everything."""

    account: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.account or self.kind or self.since or self.until)

    def criteria(self) -> list[Any]:
        """As criteria on the ledger. Both days belong to the time."""
        e, chosen = LedgerEntry, []
        if self.account:
            chosen.append(e.account == self.account)
        if self.kind:
            chosen.append(e.kind.in_(KINDS[self.kind]))
        if self.since:
            chosen.append(e.occurred_at >= day_begins(self.since))
        if self.until:
            chosen.append(e.occurred_at < day_begins(self.until + timedelta(days=1)))
        return chosen

    def address(self) -> dict[str, str]:
        """As parameters of an address."""
        values = {
            "account": self.account,
            "kind": self.kind,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in values.items() if value}


def read_wish(args: Mapping[str, str]) -> Wish:
    """The wish of an address; what is no choice is passed over."""
    account, kind = args.get("account", ""), args.get("kind", "")
    return Wish(
        account if account in list(Account) else "", kind if kind in KINDS else "", _day(args.get("since", "")),
        _day(args.get("until", "")),
    )  # fmt: skip


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


@dataclass(frozen=True)
class Chosen(Page[StatementLine]):
    """A part of the statement, with what was chosen and what can be."""

    wish: Wish = Wish()
    kinds: Mapping[str, Sentence] = field(default_factory=lambda: KIND_WORDS)
    accounts: Mapping[str, Sentence] = field(default_factory=lambda: ACCOUNT_WORDS)


def chosen(member_id: int, wish: Wish, after: str | None) -> Chosen:
    """The lines of a member that were asked for, the newest first."""
    page = statement(member_id, after, size=30, criteria=wish.criteria())
    return Chosen(page.items, page.next, wish)


def as_csv(lines: Iterable[StatementLine], titles: Mapping[Cause, str]) -> str:
    """A table for a spreadsheet; a text that would be a formula there is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(head) for head in HEADS])
    for line in lines:
        about = (titles.get(line.cause) if line.cause else None) or line.title or ""
        writer.writerow(
            [
                f"{local(line.occurred_at):%Y-%m-%d %H:%M}", _text(str(line.what)), _text(about), line.reputation,
                line.spendable, _text(str(line.note or "")),
            ]
        )  # fmt: skip
    return "\ufeff" + out.getvalue()


def _text(value: str) -> str:
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
