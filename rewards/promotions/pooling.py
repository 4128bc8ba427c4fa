"""Codes come in: from a file of the shop, or made here. Streamed in parts, so that 100,000 fit in little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import select

from common import audit, clock, settings
from common.db import db, insert_new
from common.errors import Conflict, Invalid
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.promotions import offering, secrecy
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.permissions import can_offer
from rewards.promotions.rules import BadPool, CodeFault, CouponState, PromotionStatus, read_code, read_pool

settings.define(
    "promotions.page_codes", 5_000, unit=_("codes"), low=100, high=20_000,
    help=_("Codes that a page takes or makes at once; larger pools come by command."),
)  # fmt: skip

SHARE = 500
MOST_FAULTS = 100
MOST_BYTES = 1_000_000
Progress = Callable[[int], None]

FAULT_WORDS: dict[CodeFault, Sentence] = {
    CodeFault.SHORT: _("too short: a code has 4 letters or digits at least"),
    CodeFault.LONG: _("too long: a code has 40 signs at most"),
    CodeFault.LETTERS: _(
        "letters of another alphabet that look like ours: nobody could type them in the shop"
    ),
    CodeFault.SIGNS: _("other signs than letters, digits, spaces and dashes"),
    CodeFault.TWICE: _("the same code as in an earlier line"),
    CodeFault.KNOWN: _("already here, in this discount or another one"),
}


@dataclass(slots=True)
class Brought:
    """What became of the lines of a pool. ``faults``: the first lines that gave no code, and why; never the code."""

    new: int = 0
    known: int = 0
    unreadable: int = 0
    faults: list[tuple[int, CodeFault]] = field(default_factory=list)

    def fault(self, line: int, why: CodeFault) -> None:
        """Note a line that gave no new code."""
        if why in (CodeFault.TWICE, CodeFault.KNOWN):
            self.known += 1
        else:
            self.unreadable += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((line, why))


def bring_codes(actor: Actor, promotion_id: int, codes: Iterable[str]) -> Brought:
    """Add codes, one an item; empty ones are passed over. Known ones (in any promotion) stay where they are."""
    return bring_lines(
        actor, promotion_id, ((n, code) for n, code in enumerate(codes, start=1) if code.strip())
    )


def bring_file(actor: Actor, promotion_id: int, data: bytes) -> Brought:
    """Add the codes of a file sent by a page. Raises :class:`Invalid` (file) when it is none, or too large."""
    require(can_offer(actor))
    most = settings.get("promotions.page_codes")
    if not data.strip():
        raise _bad(_("Choose a file with codes."))
    if len(data) > MOST_BYTES:
        raise _bad(_("This file is too large for the page: at most 1 MB. Larger pools come by command."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _bad(_("This is no text file in UTF-8: save it as CSV (UTF-8) and send it again.")) from None
    try:
        lines = list(islice(read_pool(text.splitlines(keepends=True)), most + 1))
    except BadPool as bad:
        raise _bad(_("This file cannot be read from line %(line)s on.", line=bad.line)) from bad
    if len(lines) > most:
        raise _bad(_("At most %(count)s codes at once here. Larger pools come by command.", count=most))
    return bring_lines(actor, promotion_id, lines)


def bring_lines(
    actor: Actor, promotion_id: int, lines: Iterable[tuple[int, str]], progress: Progress = lambda _done: None
) -> Brought:
    """Add a pool of codes given as (line, text), any number. Each part of 500 is a transaction of its own: begun
    again after an interruption, what is in already is told as known."""
    require(can_offer(actor))
    brought, seen = Brought(), set[str]()
    for part in _parts(lines):
        good: dict[str, tuple[int, str]] = {}
        for line, text in part:
            code = read_code(text)
            if isinstance(code, CodeFault):
                brought.fault(line, code)
                continue
            key = secrecy.fingerprint(code)
            if key in seen:
                brought.fault(line, CodeFault.TWICE)
            else:
                seen.add(key)
                good[key] = (line, code)
        with unit_of_work():
            _still_open(promotion_id)
            written = _store(promotion_id, good)
        brought.new += len(written)
        for key, (line, _code) in good.items():
            if key not in written:
                brought.fault(line, CodeFault.KNOWN)
        progress(len(part))
    with unit_of_work():
        audit.write(actor, "promotion.codes_brought", "promotion", promotion_id, after=brought.new)
    return brought


def make_codes(
    actor: Actor, promotion_id: int, count: int, progress: Progress = lambda _done: None
) -> Brought:
    """Make codes here, for a shop that takes any."""
    return bring_lines(
        actor, promotion_id, ((number, secrecy.new_code()) for number in range(1, count + 1)), progress
    )


def have_free(actor: Actor, promotion_id: int, wanted: int) -> Brought:
    """Make as many codes as are missing until ``wanted`` are free: sent twice, it makes none twice."""
    require(can_offer(actor))
    most = settings.get("promotions.page_codes")
    if not 1 <= wanted <= most:
        raise Invalid(fields={"count": _("A number from 1 to %(most)s.", most=most)})
    with unit_of_work():
        db.session.execute(select(Promotion.id).where(Promotion.id == promotion_id).with_for_update())
        _still_open(promotion_id)
        left, _total = offering.stock(promotion_id)
        return make_codes(actor, promotion_id, wanted - left) if left < wanted else Brought()


def _still_open(promotion_id: int) -> None:
    if offering.load(promotion_id).status is PromotionStatus.ENDED:
        raise Conflict(_("This discount has ended."))


def _parts(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    stream = iter(lines)
    while part := list(islice(stream, SHARE)):
        yield part


def _store(promotion_id: int, codes: dict[str, tuple[int, str]]) -> set[str]:
    """Write what no promotion has; returns what was new. The unique key decides between two files at once."""
    there = set(db.session.scalars(select(Coupon.code_norm_hash).where(Coupon.code_norm_hash.in_(codes))))
    rows = [
        {
            "promotion_id": promotion_id, "code_norm_hash": key, "code_cipher": secrecy.encrypt(code),
            "state": CouponState.AVAILABLE, "created_at": clock.now(), "liability_minor": 0,
        }
        for key, (_line, code) in codes.items()
        if key not in there
    ]  # fmt: skip
    return {row[0] for row in insert_new(Coupon, rows, Coupon.__table__.c.code_norm_hash)}


def _bad(why: Sentence) -> Invalid:
    return Invalid(fields={"file": why})
