"""The pages that say which rule decides, for the team about anybody and for a member about the own account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import by_names
from common import text
from common.db import db
from common.permissions import require
from common.web import actor, localized
from forum.categories.models import Category
from moderation.policies import wording
from moderation.policies.explaining import Explanation, explain
from moderation.policies.permissions import can_explain
from moderation.policies.rules import Act

policies: Blueprint = localized("policies", __name__)


def _number(name: str) -> int | None:
    written = request.values.get(name, "").strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None


def _categories() -> list[Category]:
    return list(db.session.scalars(select(Category).order_by(Category.position, Category.id)))


def _chosen(found: list[Category]) -> tuple[Category | None, Act]:
    wanted, act = _number("category"), request.args.get("act", "")
    category = next((one for one in found if one.id == wanted), found[0] if found else None)
    return category, Act(act) if act in {one.value for one in Act} else Act.ASK


def _explained(member: Member | None, category: Category | None, act: Act) -> Explanation | None:
    return explain(member, category, act) if member is not None and category is not None else None


@policies.get("/what-i-can-do")
def mine() -> Any:
    """Which rules decide about what I do, with my own values."""
    if not actor().signed_in:
        return redirect(url_for("signin.sign_in", next=url_for("policies.mine")), 303)
    found = _categories()
    category, act = _chosen(found)
    member = db.session.get(Member, actor().person_id)
    body = render_template(
        "moderation/policies/mine.html", categories=found, category=category, act=act, acts=wording.ACTS,
        explained=_explained(member, category, act), wording=wording,
    )  # fmt: skip
    return Response(body, mimetype="text/html", headers={"Cache-Control": "private, no-store"})


def _named() -> tuple[Member | None, str]:
    """The member a moderator asks about, by number or public name."""
    written = " ".join(text.normalise(request.args.get("member", "")).split())[:100]
    member_id = _number("member") or (by_names([written]).get(written) if written else None)
    member = db.session.get(Member, member_id) if member_id else None
    return (None if member is None or member.is_mask else member), written


@policies.get("/desk/why")
def why() -> str:
    """Why can, or cannot, this member do this there?"""
    require(can_explain(actor()))
    found = _categories()
    category, act = _chosen(found)
    member, written = _named()
    return render_template(
        "moderation/policies/why.html", categories=found, category=category, act=act, acts=wording.ACTS, member=member,
        written=written, explained=_explained(member, category, act), wording=wording,
    )  # fmt: skip
