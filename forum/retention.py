"""The retention rules of the forum."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.identity.opening import know_author
from accounts.members.models import Member
from accounts.retention.models import HoldKind
from accounts.retention.periods import Rule, register
from accounts.retention.sweeping import days_of, known_by
from common.db import db
from common.i18n import _
from forum import jobs
from forum.content.reviews import numbers
from forum.content.terms.models import TermsAcceptance
from forum.drafts import parking
from forum.files import attaching
from forum.letterbox import jobs as letterbox
from forum.questions.models import Post


def _of_who_left(before: Any) -> Any:
    return TermsAcceptance.member_id.in_(select(Member.id).where(Member.closed_at < before))


register(
    Rule(
        "acceptances", _("Proofs of what was accepted"), "privacy.acceptance_days", TermsAcceptance, _of_who_left,
        {HoldKind.MEMBER: (TermsAcceptance.member_id,)}, through=("terms_acceptance",),
    ),
    1_826, _("How long after an account was closed the proof is kept that its member accepted the charter and the terms."),
)  # fmt: skip

known_by(
    "forum.forget_drafts",
    ("drafts", _("Drafts, after the last change"), jobs.DRAFTS_KEPT),
    ("sendings", _("Fingerprints of what was just sent"), jobs.SENDINGS_KEPT),
    ("parked-drafts", _("Texts of visitors who went to sign in"), parking.PARKED),
)
known_by(
    "forum.forget_positions",
    ("positions", _("How far members have read"), days_of("forum.positions_kept_days")),
)
known_by("forum.erase_files", ("files", _("Files that no text carries any more"), attaching.UNUSED_KEPT))
known_by("letterbox.forget", ("incoming-mails", _("What became of mails that came in"), letterbox.KEPT))
known_by("search.forget_log", ("searches", _("Searches, without who searched"), days_of("search.log_days")))
known_by(
    "search.forget_briefs", ("brief-votes", _("Votes about answers in brief"), days_of("search.log_days"))
)
known_by("reviews.retire", ("old-reviews", _("Reviews that are too old to be shown"), numbers.retention))

know_author(lambda post_id: db.session.scalar(select(Post.author_id).where(Post.id == post_id)))
