"""One run of an importer, from the files to the ledger.

Each part is read as a stream and stored in transactions of 500 rows, so the site goes on working meanwhile and a
run that breaks off is simply started again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

from sqlalchemy import func, select

from accounts.members.importing import ImportedMember, bring_in, let_go
from common import clock, freshness
from common.db import db, refresh_statistics
from common.unit_of_work import unit_of_work
from forum.importers import booking, facts
from forum.importers.booking import Fact
from forum.importers.filing import recount
from forum.importers.intake import Intake, chunks
from forum.importers.models import ImportRun
from forum.importers.posts import bring_answers, bring_comments, bring_questions
from forum.importers.reading.html_to_markdown import plain
from forum.importers.reading.rows import QuestionRow, Tick
from forum.importers.revisions import bring_revisions, note_histories
from forum.importers.settling import bring_links, settle
from forum.importers.vanished import remove_vanished
from forum.questions.models import Post

_SAMPLE = 100


class AnotherForum(Exception):
    """The site's name belongs to another forum: the same ids are questions of other dates."""


class _RolledBack(Exception):
    """The end of a dry run."""


def take_in(intake: Intake) -> None:
    """Everything of the source; the counts are in ``intake.report`` afterwards. A dry run leaves no trace."""
    started = time.monotonic()
    intake.report.site = intake.site
    _check_site(intake)
    if intake.report.dry_run:
        try:
            with unit_of_work():
                _take_in(intake)
                raise _RolledBack
        except _RolledBack:
            pass
    else:
        _take_in(intake)
    intake.report.seconds = time.monotonic() - started


def _take_in(intake: Intake) -> None:
    run_id = _begin(intake)
    note_histories(intake)
    _count_votes(intake)
    _bring_members(intake)
    bring_questions(intake)
    bring_answers(intake)
    bring_comments(intake)
    _settle_votes(intake)
    remove_vanished(intake)
    bring_revisions(intake)
    bring_links(intake)
    settle(intake)
    with unit_of_work():
        recount()
        if intake.report.changed:
            freshness.touch(freshness.SITE, freshness.LISTS)
            refresh_statistics()
    if not intake.report.dry_run:
        _book(intake)
    _remove_members(intake)
    with unit_of_work():
        run = db.session.get(ImportRun, run_id)
        assert run is not None
        run.finished_at, run.report = clock.now(), intake.report.as_json()


def _check_site(intake: Intake) -> None:
    """Two forums under one name would overwrite each other: look at the first questions before anything is stored."""
    sample = {
        intake.key("q", row.key): row.created_at
        for row in islice(
            (row for row in intake.source.read("questions") if isinstance(row, QuestionRow)), _SAMPLE
        )
    }
    query = select(Post.imported_key, Post.created_at).where(Post.imported_key.in_(list(sample)))
    stored = {key: moment for key, moment in db.session.execute(query) if key is not None}
    other = sum(sample[key] != moment for key, moment in stored.items())
    if other * 2 > len(stored):
        raise AnotherForum(f"'{intake.site}' is already the name of another forum: choose one with --site")


def _begin(intake: Intake) -> int:
    """Note the run; what was done here since the site's first run is not overwritten."""
    with unit_of_work():
        query = select(func.min(ImportRun.started_at)).where(ImportRun.site == intake.site)
        intake.began_at = db.session.scalar(query)
        run = ImportRun(site=intake.site, kind=intake.source.kind, folder=intake.source.folder.name[:200])
        db.session.add(run)
        db.session.flush()
        return run.id


def _book(intake: Intake) -> None:
    """Points and ranks for everything that happened in the other forum."""
    started = time.monotonic()
    found = list(facts.facts(intake))
    intake.report.facts = len(found)
    with intake.watch("Points", len(found)) as tick:
        booking.book(_ticking(found, tick))
    intake.report.booking_seconds = time.monotonic() - started


def _ticking(found: list[Fact], tick: Tick) -> Iterator[Fact]:
    for fact in found:
        yield fact
        tick(1)


def _count_votes(intake: Intake) -> None:
    for row in intake.rows("votes", "Votes"):
        intake.votes.add(row)
        if row.kind == "accepted":
            intake.report["votes"].skip("an acceptance: it is kept with its question")


def _settle_votes(intake: Intake) -> None:
    """Votes were stored with their posts; here they are counted. Those on posts that are not there are passed over."""
    tally = intake.report["votes"]
    if not intake.votes.known:
        return
    stored = tally.read - tally.skipped - tally.failed
    there = intake.brought_votes
    orphans = stored - sum(there)
    tally.created += there[0]
    tally.skip(count=there[1])
    if orphans > 0:
        tally.skip("its post is not in the export", orphans)


def _bring_members(intake: Intake) -> None:
    tally = intake.report["members"]
    for rows in chunks(intake.rows("members", "Members")):
        people = [
            ImportedMember(
                key=intake.key("m", row.key),
                name=row.name,
                joined_at=row.joined_at,
                seen_at=row.seen_at,
                bio=plain(row.bio),
                city=row.city,
                language=intake.language if intake.language in ("fr", "en") else "en",
            )
            for row in rows
        ]
        outcome = bring_in(people)
        intake.members.update(outcome.ids.values())
        tally.created += outcome.created
        tally.updated += outcome.updated
        tally.skip(count=outcome.unchanged)
        tally.skip("the id was there before", len(rows) - len(outcome.ids))


def _remove_members(intake: Intake) -> None:
    """Members that left the other forum go, unless something of theirs is here."""
    if intake.source.complete_history and intake.source.size("members"):
        intake.report["members"].removed += let_go(intake.key("m", ""), intake.members)
