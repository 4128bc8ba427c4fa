"""The rules against abuse at work. What is immediate (V5, V7) is decided where a vote's points are booked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from common.db import db
from common.jobs import periodic
from rewards.abuse import acting, detecting, looping
from rewards.abuse.detecting import Finding

log = logging.getLogger("fourmi.abuse")


def act_on(*finders: Callable[[], Iterable[Finding]]) -> int:
    """Run finders and act on what is new, a unit of work for each finding. Returns how many were new."""
    new = 0
    for finder in finders:
        found = list(finder())
        db.session.rollback()
        for finding in found:
            new += acting.take(finding)
    if new:
        log.info("unusual votes: %s new", new)
    return new


@periodic("rewards.abuse.bursts", every=timedelta(hours=1))
def hourly() -> None:
    """V1, and V8 on the votes of reviews."""
    act_on(detecting.bursts, detecting.review_rings)


@periodic("rewards.abuse.patterns", every=timedelta(hours=24))
def daily() -> None:
    """V2, V3, V5, V6 and pasted answers; points that stay aside until somebody has decided."""
    act_on(
        detecting.concentrations,
        detecting.reciprocities,
        detecting.shared_origins,
        looping.acceptance_loops,
        looping.copied_answers,
    )
    acting.keep_on()


@periodic("rewards.abuse.rings", every=timedelta(days=7))
def weekly() -> None:
    """V4."""
    act_on(detecting.rings)
