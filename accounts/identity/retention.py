"""How long it is kept: the decree's times, stopped by legal holds; nothing where the brand keeps nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, true

from accounts.identity.asking import forget_targets
from accounts.identity.keeping import key_of
from accounts.identity.models import KeptIdentity, KeptSource, LegalAccess, LegalAccessEntry, Nature
from accounts.identity.numbers import fetched_within, is_kept
from accounts.retention.models import HoldKind, LegalHold
from accounts.retention.periods import Rule, register
from accounts.retention.sweeping import known_by, swept
from common import clock
from common.db import db
from common.i18n import Sentence, _
from common.jobs import periodic
from common.unit_of_work import unit_of_work


def _held_keys(kind: HoldKind) -> list[str]:
    held = select(LegalHold.target_id).where(
        LegalHold.kind == kind, LegalHold.open_key.is_not(None), LegalHold.until_at > clock.now()
    )
    return [key_of(kind, number) for number in db.session.scalars(held)]


def _of_person(column: Any) -> Callable[[], Any]:
    return lambda: column.in_(_held_keys(HoldKind.MEMBER))


def _of_source() -> Any:
    return or_(_of_person(KeptSource.person_key)(), KeptSource.thing_key.in_(_held_keys(HoldKind.POST)))


def _ended(nature: Nature) -> Callable[[datetime], Any]:
    return lambda before: and_(KeptIdentity.nature == nature, _old(KeptIdentity.ended_at, before))


def _old(column: Any, before: datetime) -> Any:
    return column < before if is_kept() else true()


def _erase_requests(ids: list[int]) -> None:
    gone = delete(LegalAccessEntry).where(LegalAccessEntry.access_id.in_(ids))
    db.session.execute(gone.execution_options(synchronize_session=False))
    requests = delete(LegalAccess).where(LegalAccess.id.in_(ids))
    db.session.execute(requests.execution_options(synchronize_session=False))


def _rule(
    key: str, title: Sentence, model: type[Any], due: Callable[[datetime], Any], also_held: Callable[[], Any]
) -> Rule:
    return Rule(key, title, f"privacy.{key.replace('-', '_')}_days", model, due, also_held=also_held)


register(
    _rule(
        "identity-data", _("Who somebody was who left, sealed for judicial requests"), KeptIdentity, _ended(Nature.IDENTITY),
        _of_person(KeptIdentity.person_key),
    ),
    1_826, _("How long after an account was closed its address is kept apart for judicial requests."), low=365,
)  # fmt: skip
register(
    _rule(
        "account-data", _("Name and dates of an account that was left, sealed for judicial requests"), KeptIdentity,
        _ended(Nature.ACCOUNT), _of_person(KeptIdentity.person_key),
    ),
    365, _("How long after an account was closed its name and dates are kept apart for judicial requests."), low=365,
)  # fmt: skip
register(
    _rule(
        "contribution-sources", _("From where texts were sent, sealed for judicial requests"), KeptSource,
        lambda before: _old(KeptSource.at, before), _of_source,
    ),
    365, _("How long it is kept apart for judicial requests from which network address a text was sent."), low=365,
)  # fmt: skip
register(
    Rule(
        "legal-access", _("Judicial requests, with the log of who read what"), "privacy.legal_access_days", LegalAccess,
        lambda before: LegalAccess.asked_at < before, erase=_erase_requests, through=("legal_access_entry",),
    ),
    1_826, _("How long judicial requests and the log of them are kept, without whom they were about."), low=1_095,
)  # fmt: skip
known_by(
    "identity.forget",
    ("access-targets", _("Whom a judicial request was about, once its file was granted"), fetched_within),
)


@periodic("identity.forget", every=timedelta(hours=6))
def forget() -> None:
    """Whom requests were about goes with the time to fetch their files."""
    with unit_of_work():
        swept("access-targets", forget_targets())
