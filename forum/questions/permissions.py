"""Who may do what with a question, an answer or a comment. A refusal is the sentence the member reads.

Buttons and verbs ask the same functions, with a stored post or with a page's view of one. "Own" means written by the
actor.
Sources: domain/rewards.md §A2.2 (rights by rank), design/UX.md §5.
"""

from datetime import datetime, timedelta

from accounts.members import rights
from common import clock, settings
from common.errors import Forbidden
from common.i18n import Sentence, _, n_
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.limits import numbers
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState, ReplyKind, edit_window, may_still_edit

TRUSTED_TO_RETITLE = 4
TRUSTED_TO_TAG = 3
TRUSTED_TO_MAKE_TAGS = 2
rights.opens("forum.make_tags", _("new topics"), TRUSTED_TO_MAKE_TAGS)
rights.opens("forum.tag", _("change the topics of questions"), TRUSTED_TO_TAG)
rights.opens("forum.refile", _("retitle and move questions"), TRUSTED_TO_RETITLE)


_EDITABLE = (PostState.PUBLISHED, PostState.HELD, PostState.HIDDEN)
_WITHDRAWABLE = (PostState.PUBLISHED, PostState.HELD, PostState.HIDDEN)


def is_own(actor: Actor, post: Post) -> bool:
    """Whether the actor wrote the post, under their name or a mask."""
    return post.author_id in actor.ids


def member_of(actor: Actor) -> int:
    """The member who acts. Raises :class:`Forbidden` for visitors and for the system, which has no hands."""
    if actor.member_id is None:
        raise Forbidden(_("Only members can do this."))
    return actor.member_id


def can_see(actor: Actor, post: Post) -> bool:
    """Whether the actor may act on this post (its thread is asked separately): published, own, or a moderator's work."""
    own = is_own(actor, post) and post.state not in (PostState.REMOVED, PostState.MERGED)
    return post.state == PostState.PUBLISHED or own or actor.can_moderate


def can_ask(actor: Actor) -> Verdict:
    """Ask a question."""
    return may_write(actor)


def can_answer(actor: Actor, question: Question) -> Verdict:
    """Answer a question."""
    return may_write(actor) and _open_thread(actor, question)


def can_comment(actor: Actor, question: Question) -> Verdict:
    """Comment on the question or on one of its answers."""
    return may_write(actor) and _open_thread(actor, question)


def can_answer_officially(actor: Actor, question: Question) -> Verdict:
    """Give the brand's own answer."""
    if not actor.can_answer_officially:
        return refuse(_("Official answers are written by the brand’s team."))
    if question.official_answer_id is not None:
        return refuse(_("This question already has an official answer: edit that one."))
    return can_answer(actor, question)


def stands_beside_official(actor: Actor, question: Question) -> bool:
    """Whether an answer of the team would be its second word, beside the official one."""
    return actor.is_staff and question.official_answer_id is not None


def can_ask_details(actor: Actor, question: Question) -> Verdict:
    """Ask the asker for details, so that the clocks rest until the reply (domain/rewards.md §A2.2, R4)."""
    if is_own(actor, question):
        return refuse(_("This is your own question: add the details to it."))
    if actor.is_staff or actor.rank >= settings.get("forum.needs_info_rank"):
        return ALLOWED
    return refuse(_("Asking for details this way is open to experienced members. A comment does as well."))


def can_mark_reply(actor: Actor, question: Question, answer: Post, kind: ReplyKind) -> Verdict:
    """Say that a reply is an answer, a tip or a question back: its author, and staff."""
    if not (writing := may_write(actor)):
        return writing
    if not (is_own(actor, answer) or actor.is_staff):
        return refuse(_("Its author, or the team, says what a reply is."))
    if answer.is_official:
        return refuse(_("The brand’s own answer is always an answer."))
    if kind != ReplyKind.ANSWER and question.accepted_answer_id == answer.id:
        return refuse(_("This answer is the solution: it cannot be a tip or a question at the same time."))
    return can_ask_details(actor, question) if kind == ReplyKind.NEEDS_INFO else ALLOWED


def can_edit(actor: Actor, post: Post) -> Verdict:
    """Change the text of a post."""
    if not (writing := may_write(actor)):
        return writing
    if post.state not in _EDITABLE:
        return refuse(_("This text can no longer be edited."))
    if actor.can_moderate:
        return ALLOWED
    if is_own(actor, post):
        kind = PostKind(post.kind)
        if actor.is_staff or may_still_edit(
            kind, actor.rank, post.published_at, clock.now(), numbers.windows()
        ):
            return ALLOWED
        return refuse(_time_is_over(edit_window(kind, actor.rank, numbers.windows())))
    if getattr(post, "is_official", False) and actor.can_answer_officially:
        return ALLOWED
    return refuse(_("You can edit your own texts only."))


def editable_until(actor: Actor, post: Post) -> datetime | None:
    """When the time to edit an own published text ends; None where it does not."""
    if actor.is_staff or not is_own(actor, post) or post.published_at is None:
        return None
    return post.published_at + edit_window(PostKind(post.kind), actor.rank, numbers.windows())


def can_refile(actor: Actor, question: Question) -> Verdict:
    """Change the category of a question, or the title of somebody else's."""
    if not (writing := may_write(actor)):
        return writing
    if actor.is_staff or actor.rank >= TRUSTED_TO_RETITLE:
        return ALLOWED
    return can_edit(actor, question)


def can_tag(actor: Actor, question: Question) -> Verdict:
    """Change the topics of a question."""
    if not (writing := may_write(actor)):
        return writing
    if actor.is_staff or actor.rank >= TRUSTED_TO_TAG:
        return ALLOWED
    return can_edit(actor, question)


def can_make_tags(actor: Actor) -> Verdict:
    """Use a topic word nobody used before."""
    if actor.is_staff or actor.rank >= TRUSTED_TO_MAKE_TAGS:
        return ALLOWED
    return refuse(_("Please choose among the topics that exist already. New ones are open to contributors."))


def can_withdraw(actor: Actor, post: Post, helped_others: bool = False) -> Verdict:
    """Take back an own post; `helped_others` means other members have answered the question."""
    if actor.suspended or not actor.signed_in:
        return may_write(actor)
    if not is_own(actor, post):
        return refuse(_("You can withdraw your own texts only."))
    if post.state not in _WITHDRAWABLE:
        return refuse(_("This text is no longer visible: there is nothing to withdraw."))
    if helped_others:
        return refuse(
            _("Other members have answered, and their answers help others too. Ask the team if you must.")
        )
    return ALLOWED


def can_withdraw_solution(question: Question, post: Post) -> Verdict:
    """Withdraw an answer that is the accepted one: only for some time (domain/rewards.md §A1.3)."""
    if question.accepted_answer_id != post.id or question.accepted_at is None:
        return ALLOWED
    if clock.now() <= question.accepted_at + timedelta(days=settings.get("forum.withdraw_accepted_days")):
        return ALLOWED
    return refuse(_("This solution has helped for a long time. Ask the team: your name can be taken off it."))


def can_vote(actor: Actor, post: Post) -> Verdict:
    """Give a thumbs-up (domain/rewards.md §A2.2: from rank 1 and an account of 24 hours)."""
    if not (writing := may_write(actor)):
        return writing
    if is_own(actor, post):
        return refuse(_("This is your own text: others will say whether it helped them."))
    if post.state != PostState.PUBLISHED:
        return refuse(_("This text is not visible any more."))
    if post.kind == PostKind.COMMENT:
        return refuse(_("A comment has no thumbs-up: give it to the answer."))
    if actor.is_staff:
        return ALLOWED
    age = timedelta(hours=settings.get("forum.vote_age_hours"))
    if (
        actor.rank < settings.get("forum.vote_rank")
        or actor.joined_at is None
        or clock.now() < actor.joined_at + age
    ):
        return refuse(
            _(
                "Thank you for the thought. Thumbs-up open a day after you joined, once a first text of yours is published."
            )
        )
    return ALLOWED


def can_me_too(actor: Actor, question: Question) -> Verdict:
    """Say that one has the same question; open to newcomers, since it is they who have it."""
    if not (writing := may_write(actor)):
        return writing
    if is_own(actor, question):
        return refuse(_("This is your own question."))
    return ALLOWED


def can_follow(actor: Actor) -> Verdict:
    """Hear of a question. Reading needs no right to write."""
    return ALLOWED if actor.signed_in else refuse(_("Sign in to follow this question."))


ASKS_BACK = _("This reply only asks for a detail: it cannot be the solution.")


def _asks_back(question: Question, answer: Post) -> bool:
    """Whether a reply is a question back; what is the solution already can be taken back all the same."""
    return answer.reply_kind == ReplyKind.NEEDS_INFO and question.accepted_answer_id != answer.id


def can_accept(actor: Actor, question: Question, answer: Post | None = None) -> Verdict:
    """Mark the solution: the asker; staff too, with a reason, and for their own answer only after a while."""
    if not (writing := may_write(actor)):
        return writing
    if answer is not None and _asks_back(question, answer):
        return refuse(ASKS_BACK)
    if is_own(actor, question):
        return ALLOWED
    if not actor.is_staff:
        return refuse(_("The person who asked marks the solution."))
    left = timedelta(days=settings.get("forum.staff_accept_days"))
    if left and answer is not None and not actor.is_system and _younger(question, left):
        return refuse(
            _("Leave the choice to the person who asked: staff may mark a solution after some days.")
        )
    if answer is not None and is_own(actor, answer):
        wait = timedelta(hours=settings.get("forum.staff_own_solution_hours"))
        if answer.published_at is None or clock.now() < answer.published_at + wait:
            return refuse(
                _("Leave the choice to the person who asked: your own answer can be marked after some days.")
            )
    return ALLOWED


def can_mark_also(actor: Actor, question: Question, answer: Post) -> Verdict:
    """Say that another answer solved it too: the asker, where the community wants that, beside the one solution."""
    if not (writing := may_write(actor)):
        return writing
    if not is_own(actor, question):
        return refuse(_("The person who asked marks the solution."))
    if not settings.get("forum.more_solutions"):
        return refuse(_("A question has one solution here."))
    if question.accepted_answer_id is None:
        return refuse(_("Choose the solution first, then say what solved it too."))
    if question.accepted_answer_id == answer.id:
        return refuse(_("This answer is the solution already."))
    return refuse(ASKS_BACK) if _asks_back(question, answer) else ALLOWED


def can_propose(actor: Actor, question: Question, answer: Post) -> Verdict:
    """Propose an answer as the solution: staff, and members of rank 4 (design/UX.md §5); not an own answer."""
    if not (writing := may_write(actor)):
        return writing
    if not (actor.is_staff or actor.rank >= settings.get("forum.propose_rank")):
        return refuse(_("Solutions are proposed by experienced members and by the team."))
    if is_own(actor, question):
        return refuse(_("You asked this question: you can mark the solution yourself."))
    if is_own(actor, answer):
        return refuse(_("You cannot propose your own answer."))
    return refuse(ASKS_BACK) if _asks_back(question, answer) else ALLOWED


def can_object(actor: Actor, question: Question) -> Verdict:
    """Say that a proposed answer is not the solution: the asker, staff, and whoever may propose one."""
    if not (writing := may_write(actor)):
        return writing
    if is_own(actor, question) or actor.is_staff or actor.rank >= settings.get("forum.propose_rank"):
        return ALLOWED
    return refuse(_("Say that it did not help you: that counts as well."))


def can_settle(actor: Actor, question: Question) -> Verdict:
    """Say whether it is solved, in one's own question."""
    if not is_own(actor, question):
        return refuse(_("The person who asked says whether it is solved."))
    return may_write(actor)


def can_say_helped(actor: Actor, question: Question, answer: Post) -> Verdict:
    """Say whether an answer helped. Visitors may too; its author and the asker have other ways."""
    if answer.state != PostState.PUBLISHED or question.state != PostState.PUBLISHED:
        return refuse(_("This text is not visible any more."))
    if not actor.signed_in:
        return ALLOWED
    if is_own(actor, answer):
        return refuse(_("This is your own text: others will say whether it helped them."))
    if is_own(actor, question):
        return refuse(_("You asked this question: say which answer is the solution."))
    return may_write(actor)


def can_endorse(actor: Actor, answer: Post) -> Verdict:
    """Recommend an answer in the brand's name."""
    if not actor.is_staff:
        return refuse(_("Recommendations are made by the brand’s team."))
    if is_own(actor, answer):
        return refuse(_("You cannot recommend your own answer."))
    return may_write(actor)


def can_change_in(actor: Actor, question: Question) -> Verdict:
    """Change a text of a thread, as far as the thread is concerned: not while it is locked."""
    if question.locked_at is None or actor.is_staff:
        return ALLOWED
    return refuse(_("This question is locked: what stands here is not changed any more."))


def can_close(actor: Actor) -> Verdict:
    """Close, reopen and link questions."""
    if not actor.is_staff:
        return refuse(_("Questions are closed and linked by the brand’s team."))
    return may_write(actor)


def _younger(question: Question, age: timedelta) -> bool:
    return question.published_at is None or clock.now() < question.published_at + age


def _open_thread(actor: Actor, question: Question) -> Verdict:
    if actor.is_staff or (question.closed_at is None and question.locked_at is None):
        return ALLOWED
    if question.closed_at is None:
        return refuse(_("This question is locked: nothing can be added to it."))
    return refuse(_("This question is closed: nothing can be added to it."))


def _time_is_over(window: timedelta) -> Sentence:
    """Why an own text can no longer be edited: the window of its kind and of the author's rank."""
    minutes = int(window.total_seconds() // 60)
    if minutes < 120:
        return n_(
            "Texts like this one can be edited for %(count)s minute. That time is over.",
            "Texts like this one can be edited for %(count)s minutes. That time is over.",
            minutes,
        )
    if minutes < 2 * 24 * 60:
        return n_(
            "At your rank a text can be edited for %(count)s hour. That time is over.",
            "At your rank a text can be edited for %(count)s hours. That time is over.",
            minutes // 60,
        )
    return n_(
        "At your rank a text can be edited for %(count)s day. That time is over.",
        "At your rank a text can be edited for %(count)s days. That time is over.",
        minutes // (24 * 60),
    )
