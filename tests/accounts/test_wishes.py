"""Each member's own way of being told: hours, time zone, digest, and many members at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from accounts.digests.letters import write_digest
from accounts.members.models import Member
from accounts.members.queries import by_id
from accounts.notifications import kinds, listening, preferences, telling, unsubscribing
from accounts.notifications.kinds import Kind
from accounts.notifications.listening import Hours
from accounts.notifications.models import AlertChoice, Notification
from accounts.notifications.rules import NIGHT, Mail, Rhythm
from common.clock import now
from common.db import db, insert_many, update_where
from common.errors import Invalid
from common.i18n import _
from common.unit_of_work import unit_of_work


@pytest.fixture(autouse=True)
def _kinds(app):
    known = dict(kinds._kinds)
    for key, more in {
        "t-answer": {"event": "answer"},
        "t-topic": {"event": "topics"},
        "t-kudos": {"event": "kudos"},
        "t-account": {"event": "account", "always": True},
    }.items():
        kinds.register(Kind(key, lambda p: _("%(actor)s wrote", actor=p["actor"]), lambda p: "/en/x", **more))
    yield
    kinds._kinds.clear()
    kinds._kinds.update(known)


def tell(who, kind, cause, **params):
    with unit_of_work():
        return telling.tell(who.member_id, kind, cause, **params)


def paris(*parts) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


def like(who, zone="Europe/Paris", night=NIGHT, rhythm=Rhythm.WEEKLY, **wishes):
    preferences.choose(who, wishes, Hours(zone, night, rhythm))


def due_of(notification_id: int) -> datetime | None:
    return db.session.scalar(select(Notification.mail_due_at).where(Notification.id == notification_id))


# --- hours ---------------------------------------------------------------------------------------------------


def test_the_night_is_the_members_own(app, ada, ben, at, drain, outbox):
    at(paris(2026, 3, 2, 20, 0))
    like(ada, zone="America/Guadeloupe")  # two in the afternoon there
    like(ben, night=(19, 10))
    for who in (ada, ben):
        tell(who, "t-answer", "answer:1")
    drain()
    assert [mail["To"] for mail in outbox()] == ["ada@example.com"]
    at(paris(2026, 3, 3, 9, 59))
    drain()
    assert len(outbox()) == 1
    at(paris(2026, 3, 3, 10, 0))
    drain()
    assert [mail["To"] for mail in outbox()][1:] == ["ben@example.com"]


def test_a_worker_that_comes_late_wakes_nobody(app, ada, at, drain, outbox):
    at(paris(2026, 3, 2, 20, 30))
    tell(ada, "t-answer", "answer:1")
    tell(ada, "t-kudos", "kudos:1")
    at(paris(2026, 3, 2, 23, 0))
    drain()
    drain()
    assert outbox() == []
    at(paris(2026, 3, 3, 8, 0))
    drain()
    assert len(outbox()) == 1


def test_a_gathered_letter_that_comes_late_waits_for_the_morning(app, ada, at, drain, outbox):
    like(ada, rhythm=Rhythm.DAILY, kudos=(True, Mail.DAILY, True))
    at(paris(2026, 3, 2, 12, 0))
    tell(ada, "t-kudos", "kudos:1")
    at(paris(2026, 3, 3, 22, 0))
    drain()
    assert outbox() == []
    at(paris(2026, 3, 4, 8, 0))
    drain()
    assert len(outbox()) == 1


def test_news_of_a_line_once_a_week_comes_in_one_letter_on_monday(app, ada, at, drain, outbox):
    like(ada, rhythm=Rhythm.NEVER, kudos=(True, Mail.WEEKLY, False))
    for number, day in enumerate((2, 4, 8)):
        at(paris(2026, 3, day, 12, 0))
        tell(ada, "t-kudos", f"kudos:{number}")
        drain()
    assert outbox() == []
    at(paris(2026, 3, 9, 9, 0))
    drain()
    assert len(outbox()) == 1
    preferences.stop_gathered(ada.member_id)
    assert [one.mail for one in preferences.lines_of(ada.member_id) if one.key == "kudos"] == [Mail.OFF]


@pytest.mark.parametrize(
    ("zone", "night", "field"),
    [
        ("Europe/Atlantis", NIGHT, "time_zone"),
        ("../../etc/passwd", NIGHT, "time_zone"),
        ("Europe/Paris", (23, 8), "quiet_from"),
        ("Europe/Paris", (21, 6), "quiet_to"),
        ("Europe/Paris", (-1, -1), "quiet_from"),
    ],
)
def test_hours_that_do_not_exist_or_shorten_the_night_are_refused_and_nothing_is_kept(
    app, ada, zone, night, field
):
    with pytest.raises(Invalid) as refusal:
        like(ada, zone=zone, night=night, answer=(False, Mail.OFF, False))
    assert field in refusal.value.fields
    assert db.session.scalar(select(func.count()).select_from(AlertChoice)) == 0
    assert preferences.lines_of(ada.member_id)[0].mail is Mail.NOW


def test_who_chose_nothing_has_the_communitys_hours(app, ada, settings_override):
    assert listening.hours_of(ada.member_id) == Hours("Europe/Paris", NIGHT, Rhythm.WEEKLY)
    with settings_override(notifications__time_zone="UTC", notifications__digest="never"):
        assert listening.hours_of(ada.member_id) == Hours("UTC", NIGHT, Rhythm.NEVER)


# --- the digest as a third way -------------------------------------------------------------------------------


def test_what_is_not_mailed_waits_for_the_digest_of_the_members_rhythm(app, ada, ben, cleo, at):
    at(paris(2026, 3, 4, 12, 0))
    like(ada, rhythm=Rhythm.DAILY)
    like(cleo, rhythm=Rhythm.NEVER)
    assert due_of(tell(ada, "t-topic", "question:1")) == paris(2026, 3, 5, 9, 0)
    assert due_of(tell(ben, "t-topic", "question:1")) == paris(2026, 3, 9, 9, 0)
    assert due_of(tell(cleo, "t-topic", "question:1")) is None
    assert due_of(tell(ada, "t-kudos", "kudos:1")) is None


def test_beyond_the_limit_of_a_day_nothing_follows_for_who_wants_no_digest_of_it(app, ada, at, drain, outbox):
    like(ada, answer=(True, Mail.NOW, False))
    for number in range(5):
        tell(ada, "t-answer", f"answer:{number}", question_id=number)
        drain()
    at(timedelta(days=8))
    drain()
    assert len(outbox()) == 3


def test_the_way_out_of_the_digest_ends_gathered_letters_and_nothing_else(app, ada, at, drain, outbox):
    token = unsubscribing.token(ada.member_id, unsubscribing.GATHERED)
    for _again in range(2):
        unsubscribing.unsubscribe(token)
    lines = {line.key: line for line in preferences.lines_of(ada.member_id)}
    assert not any(line.digest for line in lines.values())
    assert lines["answer"].mail is Mail.NOW and lines["solution"].mail is Mail.OFF and lines["solution"].site
    assert listening.hours_of(ada.member_id).rhythm is Rhythm.NEVER
    for number in range(5):
        tell(ada, "t-answer", f"answer:{number}", question_id=number)
        tell(ada, "t-topic", f"question:{number}")
        drain()
    at(timedelta(days=8))
    drain()
    assert len(outbox()) == 3


def test_a_gathered_letter_carries_the_way_out_of_gathered_letters(app, ada, at, drain, outbox):
    like(ada, rhythm=Rhythm.DAILY)
    tell(ada, "t-topic", "question:1")
    at(timedelta(days=2))
    drain()
    way_out = outbox()[0]["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert unsubscribing.read(way_out).event == unsubscribing.GATHERED
    assert outbox()[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_way_out_of_everything_ends_the_digest_too(app, ada):
    unsubscribing.unsubscribe(unsubscribing.url(by_id(ada.member_id), None).rpartition("/")[2])
    assert listening.hours_of(ada.member_id).rhythm is Rhythm.NEVER
    assert all(
        line.mail is Mail.OFF and not line.digest
        for line in preferences.lines_of(ada.member_id)
        if not line.always
    )


# --- who hears nothing ---------------------------------------------------------------------------------------


def test_suspended_members_hear_only_what_concerns_their_account(app, ada, drain, outbox):
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, suspended_until=now() + timedelta(days=3))
    assert tell(ada, "t-answer", "answer:1") is None
    assert tell(ada, "t-account", "decision:1")
    drain()
    assert len(outbox()) == 1


def test_who_is_suspended_after_the_telling_gets_no_mail_of_it(app, ada, at, drain, outbox):
    tell(ada, "t-answer", "answer:1")
    tell(ada, "t-topic", "question:1")
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, suspended_until=now() + timedelta(days=30))
    drain()
    at(timedelta(days=8))
    drain()
    assert outbox() == []


def test_closed_accounts_hear_nothing(app, ada):
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, closed_at=now())
    assert tell(ada, "t-answer", "answer:1") is None and tell(ada, "t-account", "held:1") is None


# --- many at once --------------------------------------------------------------------------------------------


def many(count: int) -> list[int]:
    ids = list(range(5000, 5000 + count))
    with unit_of_work():
        insert_many(
            Member,
            [
                {
                    "id": n, "email": f"m{n}@example.com", "email_key": f"m{n}@example.com", "email_verified_at": now(),
                    "display_name": f"M {n}", "name_key": f"m {n}", "slug": f"m-{n}", "language": "fr", "rank": 1,
                }
                for n in ids
            ],
        )  # fmt: skip
    return ids


def test_telling_many_costs_the_same_number_of_statements(app, count_queries):
    def cost(ids, cause):
        with unit_of_work(), count_queries() as seen:
            written = telling.tell_many({n: {"actor_id": 1} for n in ids}, "t-answer", cause, question_id=7)
        assert len(written) == len(ids)
        return len(seen)

    ids = many(300)
    cost(ids[:1], "answer:0")
    assert cost(ids, "answer:1") == cost(ids[:2], "answer:2") <= 7  # whose masks they are is one


def test_telling_many_twice_tells_once_and_leaves_the_author_out(app, ada, ben, drain):
    news = {who.member_id: {"actor_id": ben.member_id} for who in (ada, ben)} | {999_999: {}}
    with unit_of_work():
        assert set(telling.tell_many(news, "t-answer", "answer:1")) == {ada.member_id}
        assert telling.tell_many(news, "t-answer", "answer:1") == {}
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 1


def test_a_letter_is_not_written_for_news_that_is_gone(app, ada, at):
    like(ada, rhythm=Rhythm.DAILY)
    tell(ada, "t-topic", "question:1", post_id=5)
    telling.withdraw(5)
    at(timedelta(days=2))
    assert write_digest({"member_id": ada.member_id, "batch": "d"}) is None


def test_what_was_new_in_topics_is_forgotten_after_a_month_read_or_not(app, ada, at):
    tell(ada, "t-topic", "question:1")
    tell(ada, "t-answer", "answer:1")
    at(timedelta(days=31))
    assert telling.forget_old() == 1
    assert db.session.scalar(select(Notification.kind)) == "t-answer"
