"""What this package puts into the archive of a member's data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from accounts.archives.parts import Contribution, Owner, Part, Row, of_table, pieces, register
from common.i18n import _
from forum.asking.models import AskVisit
from forum.claims.models import AnsweringClaim
from forum.content.bulletins.models import Bulletin, BulletinPutAway
from forum.content.guides.models import Guide, GuideVersion
from forum.content.guides.proposals.models import GuideProposal
from forum.content.reviews.models import BrandAccount, Review, ReviewVote
from forum.content.terms.models import TermsAcceptance, TermsVersion
from forum.files import keeping as files
from forum.files.models import Attachment
from forum.following.models import Following
from forum.housekeeping.models import TagMerge, TidyAct
from forum.images import keeping as images
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
from forum.questions.rules import NAMED
from forum.search.synonyms.models import SynonymGroup
from forum.solutions.models import Thanks
from forum.suggestions.models import SuggestedEdit

_WORK = "what the team did at work is the community's, not the person's"


def _posts(owner: Owner) -> Iterator[Row]:
    """Everything the member wrote in public, whatever became of it; where something has no title its question's, unless that
    is somebody else's and was hidden or removed."""
    own, thread, review = Question.__table__, aliased(Question.__table__), Review.__table__
    root = aliased(Post.__table__)
    named = or_(root.c.state.in_(NAMED), root.c.author_id.in_(owner.ids))
    query = (
        select()
        .select_from(Post)
        .outerjoin(own, own.c.id == Post.id)
        .outerjoin(thread, thread.c.id == Post.question_id)
        .outerjoin(root, root.c.id == thread.c.id)
        .outerjoin(review, review.c.id == Post.id)
        .where(Post.author_id.in_(owner.ids))
    )
    fields = (
        "id kind question_id parent_id state language version created_at published_at edited_at removed_at kudos_count "
        "helped_count held_reasons body"
    )
    wanted: dict[str, Any] = {name: getattr(Post, name) for name in fields.split()}
    title = func.coalesce(own.c.title, review.c.title)
    more = {
        "title": title,
        "question_title": case((named, thread.c.title)),
        "rating": review.c.rating,
        "details": own.c.details,
    }
    for row in pieces(query, Post, wanted | more):
        yield {name: value for name, value in row.items() if value is not None}


def _versions(owner: Owner) -> Iterator[Row]:
    """The versions of the member's posts that readers may see, and those the member wrote, here or in others' posts."""
    query = (
        select()
        .select_from(Revision)
        .join(Post, Post.id == Revision.post_id)
        .where(
            or_(
                Revision.editor_id.in_(owner.ids), Post.author_id.in_(owner.ids) & Revision.withheld_at.is_(None)
            )
        )
    )  # fmt: skip
    wanted = {
        name: getattr(Revision, name) for name in "post_id version title body created_at withheld_at".split()
    }
    return pieces(query, Revision, wanted | {"mine": func.coalesce(Revision.editor_id, 0).in_(owner.ids)})


def _devices(owner: Owner) -> Iterator[Row]:
    wanted = {
        name: getattr(Device, name)
        for name in "model_name serial since shown verified_at verified_by added_at".split()
    }
    query = (
        select()
        .select_from(Device)
        .join(Product, Product.id == Device.product_id)
        .where(Device.member_id.in_(owner.ids))
    )
    return pieces(query, Device, {"product": Product.name} | wanted)


def _files(owner: Owner) -> Iterator[tuple[str, Path]]:
    """Pictures and files the member added."""
    for row in pieces(select().where(Image.member_id.in_(owner.ids)), Image, {"key": Image.file_key}):
        yield f"pictures/{row['key']}", images.path_of(row["key"])
    named = {"key": Attachment.key, "name": Attachment.name}
    for row in pieces(select().where(Attachment.member_id.in_(owner.ids)), Attachment, named):
        yield f"files/{row['key']}-{row['name']}", files.path_of(row["key"])


register(
    "forum",
    Contribution(
        parts=(
            Part("posts", _("Questions, answers, comments and reviews"), _posts, (Post.author_id,)),
            Part("versions", _("Versions of your texts"), _versions, (Revision.editor_id,)),
            of_table("waiting-edits", _("Changes that wait"), PendingEdit.editor_id, "post_id title body reason created_at"),
            of_table(
                "suggested-edits", _("Changes you suggested"), SuggestedEdit.member_id,
                "post_id title body reason state created_at decided_at words",
            ),
            of_table("drafts", _("Drafts"), Draft.member_id, "place title body fields updated_at"),
            of_table("kudos", _("Thumbs-up you gave"), Kudos.member_id, "post_id given_at withdrawn_at"),
            of_table("helped", _("Whether answers helped you"), HelpedMark.member_id, "post_id helped words would_contact given_at"),
            of_table("me-too", _("Questions you have as well"), MeToo.member_id, "question_id followed given_at withdrawn_at"),
            of_table("review-votes", _("Reviews you found useful"), ReviewVote.member_id, "review_id given_at withdrawn_at"),
            of_table(
                "proposals", _("Solutions you proposed"), Proposal.proposer_id,
                "question_id answer_id proposed_at ended_at ending words",
            ),
            of_table("hints", _("Duplicates you pointed out"), DuplicateHint.member_id,
                "question_id original_id words state made_at decided_at",
            ),
            of_table("follows", _("Questions you follow"), Follow.member_id, "question_id since"),
            of_table("followings", _("Topics, products and members you follow"), Following.member_id, "kind target_id since"),
            of_table("read", _("How far you have read"), ReadPosition.member_id, "question_id seen_at read_at"),
            of_table("claims", _("Answers you announced"), AnsweringClaim.member_id, "question_id claimed_at until_at"),
            of_table(
                "invitations", _("Invitations to answer"), AnswerInvitation.member_id, "question_id created_at declined_at"
            ),
            of_table("invited", _("Members you invited"), AnswerInvitation.inviter_id, "question_id member_id created_at"),
            of_table(
                "accepted", _("What you accepted"), TermsAcceptance.member_id, "document number how accepted_at"
            ),
            of_table("no-invitations", _("Invitations refused"), InvitationsRefused.member_id, "since"),
            of_table("thanks", _("Thanks you received"), Thanks.helper_id, "comment_id answer_id"),
            Part("devices", _("Devices you own"), _devices, (Device.member_id,)),
            of_table("pictures", _("Pictures you added"), Image.member_id, "file_key alt width height byte_count created_at"),
            of_table("files", _("Files you added"), Attachment.member_id, "key name kind byte_count created_at"),
            of_table(
                "mails", _("Mails that were taken as replies or questions"), IncomingMail.member_id,
                "way outcome reason returned received_at made_id",
            ),
            of_table("ask-address", _("Your own address for questions"), AskAddress.member_id, "made_at"),
            of_table("guides", _("Guides you wrote"), Guide.author_id, "title summary body state published_at"),
            of_table(
                "guide-proposals", _("Guides you proposed"), GuideProposal.author_id,
                "title summary body models state written_at decided_at reason",
            ),
            of_table("brand-account", _("Account of another brand"), BrandAccount.member_id, "brand registered_at"),
            of_table("notices", _("Notices put away"), BulletinPutAway.member_id, "bulletin_id"),
            of_table("asking", _("Visits to the page for questions"), AskVisit.member_id, "shown_at opened_at outcome"),
        ),
        left_out={
            Sending.member_id: "a fingerprint against sending twice, gone after a day",
            Proposal.ended_by_id: "the other one's act; the proposal says how it ended",
            SuggestedEdit.decided_by_id: "the other one's act; the suggestion says how it ended",
            DuplicateHint.decided_by_id: "the other one's act; the hint says how it ended",
            Post.endorsed_by_id: _WORK,
            BrandAccount.registered_by_id: _WORK,
            Revision.withheld_by_id: _WORK,
            TidyAct.actor_id: _WORK,
            TidyAct.undone_by_id: _WORK,
            TagMerge.actor_id: _WORK,
            Bulletin.created_by_id: _WORK,
            Guide.checked_by_id: _WORK,
            GuideProposal.decided_by_id: _WORK,
            GuideVersion.editor_id: _WORK,
            SynonymGroup.changed_by_id: _WORK,
            CatalogueImport.created_by_id: _WORK,
            TermsVersion.made_by_id: _WORK,
        },
        files=_files,
    ),
)  # fmt: skip
