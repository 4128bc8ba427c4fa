"""What becomes of reports, and of what waits about a text, when the text goes, goes up in another or is put in its place."""

from __future__ import annotations

from forum import events
from forum.housekeeping.rules import ActType
from forum.questions.rules import CloseReason
from moderation.flags import settling
from moderation.review import queueing


def nothing_left_to_decide(fact: events.PostRemoved | events.ReviewRemoved) -> None:
    """What waits about a text that is gone is cancelled; one that is only hidden still waits."""
    if fact.state in ("hidden", "held"):
        return
    queueing.cancel_about(fact.post_id)
    settling.ignore(fact.post_id)


def nothing_left_of_hidden(fact: events.HiddenPostGone) -> None:
    """Its author took back a text that reports had hidden: nobody is right or wrong about it any more."""
    queueing.cancel_about(fact.post_id)
    settling.ignore(fact.post_id)


def nothing_left_of_merged(fact: events.QuestionMerged) -> None:
    """The question itself needs no decision any more; what was written under it still may."""
    queueing.cancel_about(fact.question_id)
    settling.put_together(fact.question_id)


def answer_of_moved(fact: events.QuestionRefiled) -> None:
    """In another category: whoever said that it was in the wrong one was right."""
    if fact.what == ActType.MOVE:
        settling.put_in_place(fact.question_id, fact.actor_id)


def answer_of_linked(fact: events.QuestionClosed) -> None:
    """The same where it leads to the question that was there first: "wrong category/duplicate" is one type of report
    (domain/moderation.md §B3)."""
    if fact.reason == CloseReason.DUPLICATE:
        settling.put_in_place(fact.question_id, fact.actor_id)


def judge_nobody_of_parted(fact: events.QuestionParted | events.QuestionUnlinked) -> None:
    """The merge or the link is undone: reports that it had proved right are judged by nobody."""
    settling.apart_again(fact.question_id)


def judge_nobody_of_moved(fact: events.QuestionFiledBack) -> None:
    """The same for a move."""
    if fact.what == ActType.MOVE:
        settling.apart_again(fact.question_id)
