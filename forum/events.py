"""What happens in the forum, as facts: frozen, ids only; long because it is the one list of them. Upper packages react."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionPublished:
    """A question became visible to all (at once, or released after a review)."""

    question_id: int
    author_id: int | None
    category_id: int


@dataclass(frozen=True, slots=True)
class AnswerPublished:
    """An answer became visible to all."""

    answer_id: int
    question_id: int
    author_id: int | None
    is_official: bool


@dataclass(frozen=True, slots=True)
class CommentPublished:
    """A comment became visible to all."""

    comment_id: int
    question_id: int
    parent_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A new post waits for a review; ``reasons`` are the screener's names."""

    post_id: int
    author_id: int | None
    reasons: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class EditHeld:
    """An edit of a visible post waits for a review; ``version`` is the one it would become."""

    post_id: int
    author_id: int | None
    reasons: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class HeldEditEnded:
    """An edit that waited is over undecided: ``actor_id`` changed the text meanwhile, in the same places otherwise (then
    ``collided``), or just so."""

    post_id: int
    question_id: int
    editor_id: int | None
    actor_id: int | None
    version: int
    collided: bool


@dataclass(frozen=True, slots=True)
class PostEdited:
    """A visible post has a new version."""

    post_id: int
    question_id: int
    editor_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class EditSuggested:
    """A member suggests an edit; ``held`` means that a moderator reads it first."""

    suggestion_id: int
    post_id: int
    question_id: int
    member_id: int
    author_id: int | None
    held: bool


@dataclass(frozen=True, slots=True)
class MemberInvited:
    """Somebody invited a member to answer a question."""

    question_id: int
    member_id: int
    inviter_id: int


@dataclass(frozen=True, slots=True)
class SuggestionDecided:
    """A suggested edit was taken or declined."""

    suggestion_id: int
    post_id: int
    question_id: int
    member_id: int
    actor_id: int | None
    approved: bool


@dataclass(frozen=True, slots=True)
class PostRemoved:
    """A visible post is no longer so: hidden, removed, or withdrawn by its author (see ``state``)."""

    post_id: int
    question_id: int
    author_id: int | None
    actor_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class AddressSuspected:
    """A text of somebody who left may hold a postal address; it was published and stays."""

    post_id: int


@dataclass(frozen=True, slots=True)
class HiddenPostGone:
    """A post that had been published and was hidden is taken away for good."""

    post_id: int
    question_id: int
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class PostRestored:
    """A post that had been published and taken away is visible again."""

    post_id: int
    question_id: int
    author_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class AnswerAccepted:
    """The asker (or staff, with a reason) marked the solution."""

    question_id: int
    answer_id: int
    author_id: int | None
    asker_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class AnswerUnaccepted:
    """The solution was unmarked, or replaced by another."""

    question_id: int
    answer_id: int
    author_id: int | None
    asker_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class SolutionConfirmed:
    """The asker agreed with a solution that the team, or nobody's objection, had marked."""

    question_id: int
    answer_id: int
    author_id: int | None
    asker_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class AlsoSolved:
    """The asker says that an answer beside the solution solved it too; it brings no points."""

    answer_id: int
    question_id: int
    author_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class AlsoSolvedWithdrawn:
    """The asker says so no more."""

    answer_id: int
    question_id: int
    author_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class AnswerEndorsed:
    """Staff recommend an answer."""

    answer_id: int
    question_id: int
    author_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class EndorsementWithdrawn:
    """Staff no longer recommend an answer."""

    answer_id: int
    question_id: int
    author_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class KudosGiven:
    """A member found a post useful; ``sequence`` counts how often this member has done so for this post."""

    post_id: int
    author_id: int | None
    voter_id: int
    sequence: int


@dataclass(frozen=True, slots=True)
class KudosWithdrawn:
    """The same, undone."""

    post_id: int
    author_id: int | None
    voter_id: int
    sequence: int


@dataclass(frozen=True, slots=True)
class MeTooGiven:
    """A member has the same question."""

    question_id: int
    asker_id: int | None
    member_id: int
    sequence: int


@dataclass(frozen=True, slots=True)
class MeTooWithdrawn:
    """The same, undone."""

    question_id: int
    asker_id: int | None
    member_id: int
    sequence: int


@dataclass(frozen=True, slots=True)
class QuestionClosed:
    """Staff closed a question; ``reason`` is a `CloseReason`."""

    question_id: int
    asker_id: int | None
    actor_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionReopened:
    """A closed question takes answers again."""

    question_id: int
    asker_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class QuestionUnlinked:
    """A question that was closed as a duplicate of ``other_id`` is a question of its own again."""

    question_id: int
    other_id: int
    asker_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class QuestionMerged:
    """A question went up in ``other_id``, with everything written under it."""

    question_id: int
    other_id: int
    asker_id: int | None
    actor_id: int | None
    act_id: int


@dataclass(frozen=True, slots=True)
class QuestionParted:
    """The same, undone."""

    question_id: int
    other_id: int
    asker_id: int | None
    actor_id: int | None
    act_id: int


@dataclass(frozen=True, slots=True)
class QuestionSplit:
    """Texts of the thread ``other_id`` became a question; its author wrote the first of them."""

    question_id: int
    other_id: int
    author_id: int | None
    actor_id: int | None
    act_id: int


@dataclass(frozen=True, slots=True)
class QuestionJoined:
    """The same, undone: what was the question is an answer or a comment of ``other_id`` again."""

    question_id: int
    other_id: int
    category_id: int
    actor_id: int | None
    act_id: int


@dataclass(frozen=True, slots=True)
class QuestionLocked:
    """A thread takes no answer, comment or edit any more; ``reason`` is a `LockReason`."""

    question_id: int
    asker_id: int | None
    actor_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionUnlocked:
    """It takes them again."""

    question_id: int
    asker_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class QuestionRefiled:
    """Somebody else than its author gave a question another title, category or topics: ``what`` is an `ActType`."""

    question_id: int
    asker_id: int | None
    actor_id: int | None
    act_id: int
    what: str


@dataclass(frozen=True, slots=True)
class QuestionFiledBack:
    """The same is undone."""

    question_id: int
    what: str


@dataclass(frozen=True, slots=True)
class DuplicateHintDecided:
    """A duplicate that a member pointed out was confirmed (``holds``), declined, or unlinked again."""

    hint_id: int
    question_id: int
    member_id: int
    actor_id: int | None
    holds: bool


@dataclass(frozen=True, slots=True)
class AskSettled:
    """Somebody who was asking found enough in this question: its solution settles it, or they follow it instead."""

    question_id: int
    member_id: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class HelpStateChanged:
    """How far a question has got is another state than before; ``before`` and ``after`` are `HelpState` values."""

    question_id: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReplyKindChanged:
    """A reply is an answer, a tip or a question back, and was something else before."""

    post_id: int
    question_id: int
    author_id: int | None
    actor_id: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class QuestionDeclaredSolved:
    """The asker said that it is solved, without choosing an answer."""

    question_id: int
    asker_id: int | None


@dataclass(frozen=True, slots=True)
class QuestionUnsettled:
    """The asker said that it is still a problem, after an answer or a solution."""

    question_id: int
    asker_id: int | None


@dataclass(frozen=True, slots=True)
class QuestionLeft:
    """The asker was asked for details, reminded, and waited for long enough."""

    question_id: int
    asker_id: int | None


@dataclass(frozen=True, slots=True)
class QuestionPresumedSolved:
    """Nobody wrote for long after an answer that others found useful."""

    question_id: int


@dataclass(frozen=True, slots=True)
class QuestionContinuedElsewhere:
    """A question is handled in private, or belongs to an incident; ``where`` is "private" or "incident"."""

    question_id: int
    actor_id: int | None
    where: str


@dataclass(frozen=True, slots=True)
class QuestionCameBack:
    """The same, undone; or settled, where ``where`` ends in "_over"."""

    question_id: int
    actor_id: int | None
    where: str


@dataclass(frozen=True, slots=True)
class SolutionProposed:
    """Somebody experienced, or the team, proposes an answer as the solution."""

    question_id: int
    answer_id: int
    author_id: int | None
    asker_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class ProposalEnded:
    """A proposal is over; ``ending`` is an `Ending`."""

    question_id: int
    answer_id: int
    actor_id: int | None
    ending: str


@dataclass(frozen=True, slots=True)
class DeviceAdded:
    """A member said that they own a product."""

    member_id: int | None
    product_id: int


@dataclass(frozen=True, slots=True)
class SolutionWeighed:
    """The accepted answer stands first no longer because another is more useful, or stands first again."""

    question_id: int


@dataclass(frozen=True, slots=True)
class MaskLifted:
    """What was written under a mask in a thread bears its author's name now; ``posts`` are its questions and answers."""

    question_id: int
    mask_id: int
    author_id: int
    posts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReviewPublished:
    """A product review, or the brand's reply to one, became visible to all (``post_id`` is ``review_id`` for a review)."""

    post_id: int
    review_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class ReviewEdited:
    """A visible review or reply has a new version."""

    post_id: int
    review_id: int
    editor_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class ReviewRemoved:
    """A review or reply is visible no more; ``state`` says why."""

    post_id: int
    review_id: int
    author_id: int | None
    actor_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class ReviewRestored:
    """A review or reply that was taken away is visible again."""

    post_id: int
    review_id: int
    author_id: int | None
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class GuideValidated:
    """A guide that a member proposed is published under the member's name."""

    guide_id: int
    author_id: int
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class GuideDeclined:
    """A guide that a member proposed is not published; the reason stands with the proposal."""

    proposal_id: int
    author_id: int
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class GuideHelped:
    """A member said whether a guide helped, or says otherwise now."""

    guide_id: int
    voter_id: int
    helped: bool


@dataclass(frozen=True, slots=True)
class GuideStateChanged:
    """The team published a guide, or withdrew it."""

    guide_id: int
    author_id: int | None
    actor_id: int | None
