"""Writing guides: drafts, publication, new versions, confirmation, withdrawal. Every act of staff is audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from common import audit, clock, freshness, text
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import LANGUAGES, _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum.categories.models import Category
from forum.content.guides import rules
from forum.content.guides.models import Guide, GuideVersion
from forum.content.guides.numbers import check_after
from forum.content.guides.permissions import can_keep_guides
from forum.content.guides.rules import MOVES, GuideMove, GuideState
from forum.events import GuideStateChanged

GUIDES = "guides"
"""The content version of all guides together; one guide has ``guide:<id>``."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A guide as it is written."""

    title: str
    summary: str
    body: str
    models: tuple[str, ...]
    category_id: int | None
    language: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A guide's text as HTML: the introduction, and title and text of each step."""

    intro: str
    steps: tuple[dict[str, str], ...]


def render(body: str) -> Rendered:
    """The text of a guide as pages show it."""
    intro, steps = rules.split(body)
    return Rendered(
        text.render(intro) if intro else "",
        tuple({"title": text.plain(step.title), "html": text.render(step.text)} for step in steps),
    )


def checked(draft: Draft) -> Draft:
    """The draft, tidied. Raises :class:`Invalid` with a sentence per field."""
    title, summary = (
        " ".join(text.normalise(draft.title).split()),
        " ".join(text.normalise(draft.summary).split()),
    )
    body = text.normalise(draft.body).strip()
    models = rules.models_of(text.normalise(name) for name in draft.models)
    faults = {
        name: sentence
        for name, wrong, sentence in (
            ("title", not rules.TITLE_LEAST <= len(title) <= rules.TITLE_MOST, _("Say in %(low)s to %(high)s characters what the guide solves.", low=rules.TITLE_LEAST, high=rules.TITLE_MOST)),
            ("summary", len(summary) > rules.SUMMARY_MOST, _("Please keep to %(high)s characters.", high=rules.SUMMARY_MOST)),
            ("body", not rules.BODY_LEAST <= len(body) <= rules.BODY_MOST, _("The text needs %(low)s to %(high)s characters.", low=rules.BODY_LEAST, high=rules.BODY_MOST)),
            ("models", len(models) > rules.MODELS_MOST or any(len(name) > rules.MODEL_LONGEST for name in models), _("At most %(count)s models, of %(length)s characters each.", count=rules.MODELS_MOST, length=rules.MODEL_LONGEST)),
            ("language", draft.language not in LANGUAGES, _("Choose a language.")),
            ("category_id", draft.category_id is None or db.session.get(Category, draft.category_id) is None, _("Choose a category.")),
        )
        if wrong
    }  # fmt: skip
    if "body" not in faults and len(rules.split(body)[1]) > rules.MOST_STEPS:
        faults["body"] = _("At most %(count)s steps: make two guides of it.", count=rules.MOST_STEPS)
    if faults:
        raise Invalid(fields=faults)
    return Draft(title, summary, body, models, draft.category_id, draft.language)


def write_guide(actor: Actor, draft: Draft) -> int:
    """A new guide, seen by the team alone until it is published. The same title twice is refused."""
    require(can_keep_guides(actor))
    with unit_of_work():
        fit = checked(draft)
        _refuse_too_many()
        refuse_a_second(fit, None)
        guide = Guide(author_id=actor.member_id, **_columns(fit))
        db.session.add(guide)
        db.session.flush()
        _keep_version(actor, guide, "")
        audit.write(actor, "guide.written", "guide", guide.id, after=fit.title)
        return guide.id


def publish_of_member(actor: Actor, author_id: int, draft: Draft) -> int:
    """A guide that a member wrote and ``actor`` has just validated: published at once, under the member's name.

    The caller has asked for the right (`proposals.permissions.can_validate`). Raises Invalid.
    """
    with unit_of_work():
        fit, now = checked(draft), clock.now()
        _refuse_too_many()
        refuse_a_second(fit)
        guide = Guide(
            author_id=author_id,
            state=GuideState.PUBLISHED,
            published_at=now,
            **_columns(fit),
            **_a_check(actor, now),
        )
        db.session.add(guide)
        db.session.flush()
        _keep_version(actor, guide, "")
        audit.write(actor, "guide.validated", "guide", guide.id, after=fit.title)
        show_anew(guide.id)
        return guide.id


def rewrite_guide(actor: Actor, guide_id: int, draft: Draft, version: int, reason: str = "") -> int:
    """A new version. Raises :class:`Conflict` when somebody else wrote meanwhile. Returns the version in force; an
    unchanged text makes none."""
    require(can_keep_guides(actor))
    with unit_of_work():
        guide, fit = guide_of(guide_id), checked(draft)
        refuse_a_second(fit, guide_id)
        values = _columns(fit)
        if all(getattr(guide, name) == value for name, value in values.items()):
            return guide.version
        if guide.language != fit.language and guide.pair_id is not None:
            raise Invalid(
                fields={"language": _("This guide is linked to its translation: separate them first.")}
            )
        before = guide.title
        claimed = update_where(Guide, Guide.id == guide_id, Guide.version == version, version=version + 1)
        if not claimed:
            raise Conflict(
                _(
                    "Somebody else changed this guide meanwhile. Your text is below: compare and send it again."
                )
            )
        guide = guide_of(guide_id)
        for name, value in values.items():
            setattr(guide, name, value)
        guide.edited_at = clock.now()
        _keep_version(actor, guide, reason)
        audit.write(
            actor, "guide.rewritten", "guide", guide_id, before, fit.title, reason[: rules.REASON_MOST]
        )
        show_anew(guide_id)
        return guide.version


def publish_guide(actor: Actor, guide_id: int) -> None:
    """Everybody reads it from now on; publishing is a check."""
    require(can_keep_guides(actor))
    with unit_of_work():
        now = clock.now()
        _move(
            actor, guide_id, GuideMove.PUBLISH, GuideState.PUBLISHED, "",
            published_at=guide_of(guide_id).published_at or now, withdrawn_at=None, **_a_check(actor, now),
        )  # fmt: skip


def withdraw_guide(actor: Actor, guide_id: int, reason: str) -> None:
    """Nobody but the team reads it any more; it can be published again."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why it goes.")})
    require(can_keep_guides(actor))
    take_down(actor, guide_id, reason)


def take_down(actor: Actor, guide_id: int, reason: str) -> None:
    """Withdraw it: the caller has asked for the right to."""
    _move(
        actor, guide_id, GuideMove.WITHDRAW, GuideState.WITHDRAWN, reason,
        withdrawn_at=clock.now(), check_due_at=None,
    )  # fmt: skip


def put_back(actor: Actor, guide_id: int) -> None:
    """What took it down was wrong: published as it was. Nobody has checked it anew, and the caller has asked for the right."""
    due = (guide_of(guide_id).checked_at or clock.now()) + check_after()
    _move(
        actor, guide_id, GuideMove.PUBLISH, GuideState.PUBLISHED, "", withdrawn_at=None, check_due_at=due,
    )  # fmt: skip


def confirm_guide(actor: Actor, guide_id: int, due: datetime | None = None) -> None:
    """It was looked at and still holds; ``due`` is the next look, at most the usual time from now."""
    require(can_keep_guides(actor))
    now = clock.now()
    with unit_of_work():
        guide = guide_of(guide_id)
        if guide.state != GuideState.PUBLISHED:
            raise Conflict(_("Only a published guide is confirmed."))
        values = _a_check(actor, now)
        if due is not None:
            if not now < due <= now + 2 * check_after():
                raise Invalid(
                    fields={
                        "due": _(
                            "Choose a day between tomorrow and %(days)s days from now.",
                            days=2 * check_after().days,
                        )
                    }
                )
            values["check_due_at"] = due
        before = guide.checked_at
        update_where(Guide, Guide.id == guide_id, **values)
        audit.write(actor, "guide.confirmed", "guide", guide_id, before, now)
        show_anew(guide_id)


def _move(
    actor: Actor, guide_id: int, move: GuideMove, state: GuideState, reason: str, **values: object
) -> None:
    with unit_of_work():
        before = guide_of(guide_id).state
        if before == state:
            return
        if not update_where(Guide, Guide.id == guide_id, Guide.state.in_(MOVES[move]), state=state, **values):
            raise Conflict()
        audit.write(
            actor, f"guide.{state.value}", "guide", guide_id, before, state, reason[: rules.REASON_MOST]
        )
        record(GuideStateChanged(guide_id, guide_of(guide_id).author_id, actor.member_id))
        show_anew(guide_id)


def _a_check(actor: Actor, now: datetime) -> dict[str, object]:
    return {"checked_at": now, "checked_by_id": actor.member_id, "check_due_at": now + check_after()}


def guide_of(guide_id: int) -> Guide:
    """A guide to be changed. Raises NotFound."""
    guide = db.session.get(Guide, guide_id)
    if guide is None:
        raise NotFound
    return guide


def _refuse_too_many() -> None:
    if (db.session.scalar(select(func.count()).select_from(Guide)) or 0) >= rules.MOST_GUIDES:
        raise Invalid(_("There are %(count)s guides already: rewrite one.", count=rules.MOST_GUIDES))


def _columns(draft: Draft) -> dict[str, object]:
    made = render(draft.body)
    return {
        "title": draft.title, "slug": text.slugify(draft.title), "summary": draft.summary, "body": draft.body,
        "intro_html": made.intro, "steps": list(made.steps), "models": list(draft.models),
        "category_id": draft.category_id, "language": draft.language,
    }  # fmt: skip


def refuse_a_second(draft: Draft, guide_id: int | None = None) -> None:
    """Raise :class:`Invalid` when there is another guide of this title in this language."""
    same = select(Guide.id).where(Guide.title == draft.title, Guide.language == draft.language)
    if db.session.scalar(same.where(Guide.id != (guide_id or 0)).limit(1)):
        raise Invalid(fields={"title": _("There is a guide of this title already.")})


def _keep_version(actor: Actor, guide: Guide, reason: str) -> None:
    db.session.add(
        GuideVersion(
            guide_id=guide.id, version=guide.version or 1, title=guide.title, summary=guide.summary, body=guide.body,
            models=guide.models, editor_id=actor.member_id, reason=text.normalise(reason).strip()[: rules.REASON_MOST],
        )
    )  # fmt: skip


def show_anew(guide_id: int) -> None:
    """Pages with this guide are made afresh."""
    freshness.touch(freshness.LISTS, GUIDES, f"guide:{guide_id}")
