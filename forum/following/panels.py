"""The button that begins or stops to follow, wherever something can be followed."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from forum.browsing.queries import CategoryCard
from forum.following.permissions import can_follow
from forum.following.queries import is_followed
from forum.following.rules import TargetKind
from forum.following.targets import tag_named


def button(kind: str, target_id: int, name: Any) -> str:
    """Follow or following, for the reader of this page; nothing where the reader may never follow."""
    reader, target = actor(), TargetKind(kind)
    if reader.signed_in and not can_follow(reader, target, target_id):
        return ""
    return render_template(
        "forum/following/_button.html", kind=target.value, target_id=target_id, name=name, reader=reader,
        following=is_followed(reader, target, target_id), here=request.full_path.rstrip("?"),
    )  # fmt: skip


def on_a_list(category: CategoryCard | None, tag: str) -> str:
    """On the page of a category: follow it; on the list of one topic: follow the topic."""
    if category is not None:
        return button(TargetKind.CATEGORY, category.id, category.name)
    found = tag_named(tag) if tag else None
    return button(TargetKind.TAG, found[0], found[1]) if found else ""
