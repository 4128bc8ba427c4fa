"""The forum's work outside the request."""

from datetime import timedelta
from typing import Any

from accounts.retention.sweeping import sweep
from common import clock, jobs
from common.unit_of_work import unit_of_work
from forum.asking.visiting import decide_old_visits
from forum.drafts.parking import forget_parked
from forum.notices import fanning
from forum.questions.models import Draft, Sending
from forum.solutions import proposing, sweeping

DRAFTS_KEPT = timedelta(days=90)
SENDINGS_KEPT = timedelta(days=1)


@jobs.job("forum.tell_topics")
def tell_topics(payload: dict[str, Any]) -> None:
    """Whoever follows a category, a topic, a product or a member hears what is new there."""
    fanning.tell_topics(payload)


@jobs.job("forum.tell_followers")
def tell_followers(payload: dict[str, Any]) -> None:
    """Followers of a thread hear of an answer."""
    fanning.tell_followers(payload)


@jobs.job("forum.tell_solution")
def tell_solution(payload: dict[str, Any]) -> None:
    """Followers of a thread hear of its solution."""
    fanning.tell_solution(payload)


@jobs.job("forum.tell_unsettled")
def tell_unsettled(payload: dict[str, Any]) -> None:
    """Followers hear that it is still a problem."""
    fanning.tell_unsettled(payload)


@jobs.periodic("forum.ask_whether_solved", every=timedelta(hours=1))
def ask_whether_solved() -> None:
    """Askers with an answer and no solution are asked after two and after seven days, then never again."""
    sweeping.ask_whether_solved()


@jobs.periodic("forum.tend_waiting", every=timedelta(hours=1))
def tend_waiting() -> None:
    """Askers who were asked for details are reminded twice; then the question rests."""
    sweeping.tend_waiting()


@jobs.periodic("forum.accept_unopposed", every=timedelta(hours=1))
def accept_unopposed() -> None:
    """Proposed solutions that helped enough people, and that nobody objected to, are accepted by themselves."""
    proposing.accept_unopposed()


@jobs.periodic("forum.settle_quiet", every=timedelta(days=1))
def settle_quiet() -> None:
    """Questions that went quiet: presumed solved, closed where the brand wants that, and old solutions weighed."""
    sweeping.presume_solved()
    sweeping.close_quiet()
    sweeping.weigh_old_solutions()


@jobs.periodic("forum.forget_drafts", every=timedelta(hours=6))
def forget_drafts() -> None:
    """Drafts of more than 90 days go, and fingerprints of what was sent yesterday."""
    with unit_of_work():
        sweep("drafts", Draft, Draft.updated_at < clock.now() - DRAFTS_KEPT)
        sweep("sendings", Sending, Sending.sent_at < clock.now() - SENDINGS_KEPT)
    forget_parked()


@jobs.periodic("forum.decide_asks", every=timedelta(hours=1))
def decide_asks() -> None:
    """What became of visits to the ask page a day ago; whose they were is forgotten."""
    decide_old_visits()
