"""What is kept in the forum of somebody who closed the account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from accounts.closing.erasing import Named, Plan, carry_out, register
from accounts.closing.scrubbing import look_through
from accounts.events import MemberClosed
from accounts.masks.models import Mask
from accounts.masks.wearing import leave_masks
from common.db import db, update_where
from common.text import slugify
from forum.asking.models import AskVisit
from forum.claims.models import AnsweringClaim
from forum.content.bulletins.models import Bulletin, BulletinPutAway
from forum.content.guides.models import Guide, GuideVerdict, GuideVersion
from forum.content.guides.proposals.models import GuideProposal
from forum.content.reviews.models import BrandAccount, ReviewVote
from forum.content.terms.models import TermsAcceptance, TermsVersion
from forum.files.models import Attachment
from forum.following.models import Following
from forum.following.rules import TargetKind
from forum.housekeeping.models import TagMerge, TidyAct
from forum.images.models import Image
from forum.invitations.models import AnswerInvitation, InvitationsRefused
from forum.letterbox.models import AskAddress, IncomingMail
from forum.pointing.models import DuplicateHint
from forum.positions.models import ReadPosition
from forum.products.models import CatalogueImport, Device, Product
from forum.questions.models import (
    Draft,
    Follow,
    HelpedMark,
    Kudos,
    MeToo,
    PendingEdit,
    Post,
    Proposal,
    Question,
    Revision,
    Sending,
)  # fmt: skip
from forum.reattributing import give_to_nobody
from forum.search.synonyms.models import SynonymGroup
from forum.solutions.models import Thanks
from forum.suggestions.models import SuggestedEdit

_CONVERSATION = "conversations stay readable; a job makes all texts nobody’s (forum.reattributing)"
_COUNTED = "counts once in figures others rely on; cut loose from the account after a month"
_WORK = "what the team did at work"


def _by(ids: frozenset[int]) -> Any:
    return select(Post.id).where(Post.author_id.in_(ids))


PLAN = register(
    "forum",
    Plan(
        erased=(
            Draft.member_id, Sending.member_id, Follow.member_id, Following.member_id, ReadPosition.member_id,
            Device.member_id, AnsweringClaim.member_id, AnswerInvitation.member_id, InvitationsRefused.member_id,
            IncomingMail.member_id, AskAddress.member_id, Thanks.helper_id, BrandAccount.member_id,
            BulletinPutAway.member_id,
            GuideProposal.author_id,
        ),
        blanked={AskVisit.member_id: {"member_id": None}, HelpedMark.member_id: {"words": ""}},
        kept={
            Post.author_id: _CONVERSATION,
            Revision.editor_id: _CONVERSATION,
            PendingEdit.editor_id: _CONVERSATION,
            SuggestedEdit.member_id: _CONVERSATION,
            AnswerInvitation.inviter_id: _CONVERSATION,
            Image.member_id: "a job erases them with their files, and takes them out of the texts (forum.reattributing)",
            Attachment.member_id: "files stand in texts that stay; those no text carries are erased",
            Kudos.member_id: _COUNTED,
            ReviewVote.member_id: _COUNTED,
            MeToo.member_id: _COUNTED,
            Proposal.proposer_id: _COUNTED,
            DuplicateHint.member_id: _COUNTED,
            DuplicateHint.decided_by_id: _COUNTED,
            Proposal.ended_by_id: _COUNTED,
            SuggestedEdit.decided_by_id: _COUNTED,
            Post.endorsed_by_id: _WORK,
            BrandAccount.registered_by_id: _WORK,
            Revision.withheld_by_id: _WORK,
            TidyAct.actor_id: _WORK,
            TidyAct.undone_by_id: _WORK,
            TagMerge.actor_id: _WORK,
            Bulletin.created_by_id: _WORK,
            Guide.author_id: _CONVERSATION,
            Guide.checked_by_id: _WORK,
            GuideProposal.decided_by_id: _WORK,
            GuideVersion.editor_id: _WORK,
            SynonymGroup.changed_by_id: _WORK,
            CatalogueImport.created_by_id: _WORK,
            TermsVersion.made_by_id: _WORK,
            TermsAcceptance.member_id: "the proof of what was agreed is kept for five years, without a name",
        },
        scanned={
            SuggestedEdit.member_id: (SuggestedEdit.title, SuggestedEdit.body, SuggestedEdit.reason),
            Revision.editor_id: (Revision.reason,),
            PendingEdit.editor_id: (PendingEdit.title, PendingEdit.body, PendingEdit.reason),
            DuplicateHint.member_id: (DuplicateHint.words,),
            Proposal.proposer_id: (Proposal.words,),
            Guide.author_id: (Guide.summary, Guide.body, Guide.intro_html),
            Attachment.member_id: (Attachment.name,),
        },
        votes=(
            Kudos.member_id, ReviewVote.member_id, MeToo.member_id, HelpedMark.member_id, Proposal.proposer_id,
            DuplicateHint.member_id, SuggestedEdit.member_id, Attachment.member_id,
        ),
        named=(
            Named(
                (Guide.title, Guide.summary, Guide.body, Guide.intro_html, Guide.steps),
                follows=lambda new: {"slug": slugify(new["title"])},
            ),
            Named((GuideVersion.title, GuideVersion.summary, GuideVersion.body, GuideVersion.reason)),
            Named((GuideProposal.title, GuideProposal.summary, GuideProposal.body, GuideProposal.reason)),
            Named((GuideVerdict.remark,)),
            Named(
                (SuggestedEdit.title, SuggestedEdit.body, SuggestedEdit.reason), lambda ids: SuggestedEdit.post_id.in_(_by(ids))
            ),
            Named((Proposal.words,), lambda ids: Proposal.question_id.in_(_by(ids))),
            Named((SuggestedEdit.words,)),
            Named((DuplicateHint.words,)),
            Named((HelpedMark.words,)),
            Named((TidyAct.note,)),
            Named((Draft.title, Draft.body)),
        ),
    ),
)  # fmt: skip

look_through(give_to_nobody)


def forget(fact: MemberClosed) -> None:
    """Drafts, follows (also of this member), positions, devices, claims, invitations and thanks go, their counts with
    them, under masks too; texts stay without a name."""
    member_id = fact.member_id
    for mask_id in db.session.scalars(select(Mask.member_id).where(Mask.person_id == member_id)).all():
        _forget(mask_id)
    _forget(member_id)
    leave_masks(member_id)


def _forget(member_id: int) -> None:
    followed = select(Follow.question_id).where(Follow.member_id == member_id)
    owned = select(Device.product_id).where(Device.member_id == member_id)
    update_where(Question, Question.id.in_(followed), follower_count=Question.follower_count - 1)
    update_where(Product, Product.id.in_(owned), owner_count=Product.owner_count - 1)
    update_where(GuideVerdict, GuideVerdict.voter == f"member:{member_id}", remark="")
    of_member = delete(Following).where(Following.kind == TargetKind.MEMBER, Following.target_id == member_id)
    db.session.execute(of_member.execution_options(synchronize_session=False))
    carry_out(PLAN, member_id)
