"""Managers hear how the models did in a week, and at once of one that was switched off for its mistakes; each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.notifications.kinds import Kind as News
from accounts.notifications.kinds import register
from accounts.notifications.telling import tell_many
from common import clock
from common.i18n import Sentence, _
from moderation.escalation.casework import lead_ids
from moderation.screening.learning import wording
from moderation.screening.learning.rules import Kind, Tally


@dataclass(frozen=True, slots=True)
class Week:
    """What a model noticed in the week of this Monday."""

    monday: date
    tally: Tally


def register_kinds() -> None:
    """Make the news known; called once by the package."""
    common: dict[str, Any] = {"always": True, "event": "account", "is_content": False}
    button = _("Open the filters")
    register(News("model-off", _off_sentence, lambda _p: ("filters.show", {}), button=button, **common))
    register(News("model-week", _week_sentence, lambda _p: ("filters.show", {}), button=button, **common))


def tell_off(language: str, kind: Kind, what: Tally) -> None:
    """A model was switched off by itself, inside the unit of work that did it."""
    params = {"language": language, "kind": kind.value, "right": what.right, "decided": what.decided}
    cause = f"model:{language}:{kind.value}:{int(clock.now().timestamp())}"
    tell_many(dict.fromkeys(lead_ids(), params), "model-off", cause)


def tell_week(weeks: Sequence[Week]) -> None:
    """One line for all models that were looked at, inside the unit of work that wrote the week down."""
    if not weeks:
        return
    what = [week.tally for week in weeks]
    params = {
        "models": len(weeks), "noticed": sum(one.noticed for one in what), "right": sum(one.right for one in what),
        "decided": sum(one.decided for one in what),
    }  # fmt: skip
    tell_many(dict.fromkeys(lead_ids(), params), "model-week", f"model-week:{weeks[0].monday}")


def _off_sentence(params: dict[str, Any]) -> Sentence:
    name, _what = wording.KINDS[params["kind"]]
    return _(
        "The model “%(name)s” (%(language)s) was switched off: only %(right)s of %(decided)s texts it held deserved it.",
        name=name, language=wording.LANGUAGES[params["language"]], right=params["right"], decided=params["decided"],
    )  # fmt: skip


def _week_sentence(params: dict[str, Any]) -> Sentence:
    return _(
        "The models’ week: %(noticed)s texts noticed, of %(decided)s decided %(right)s deserved it.",
        noticed=params["noticed"], right=params["right"], decided=params["decided"],
    )  # fmt: skip
