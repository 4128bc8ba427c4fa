"""What is kept of an expert who closed the account: nothing. What a member takes along: all but what was only counted."""

from __future__ import annotations

from accounts.archives.parts import Contribution, of_table
from accounts.archives.parts import register as register_archive
from accounts.closing.erasing import Plan, carry_out, register
from accounts.events import MemberClosed
from common.i18n import _
from moderation.experts.models import ExpertInvitation, ExpertMute, ExpertRecord, ExpertWish

PLAN = register(
    "experts",
    Plan(
        erased=(
            ExpertRecord.member_id,
            ExpertInvitation.member_id,
            ExpertMute.member_id,
            ExpertWish.member_id,
        )
    ),
)
register_archive(
    "experts",
    Contribution(
        parts=(
            of_table("expert-wishes", _("Whether you want to be asked for help"), ExpertWish.member_id,
                "wanted at_night away_until paused_until invited_count answered_count changed_at",
            ),
            of_table("expert-topics", _("Topics you are not asked about"), ExpertMute.member_id, "category_id until"),
            of_table("expert-invitations", _("Questions you were asked about"), ExpertInvitation.member_id,
                "question_id why topic count score parts state invited_at ended_at",
            ),
        ),
        left_out={ExpertRecord.member_id: "counted from the member's own answers, which are there in full"},
    ),
)  # fmt: skip


def forget(fact: MemberClosed) -> None:
    """What was counted, wished and asked goes with the account."""
    carry_out(PLAN, fact.member_id)
