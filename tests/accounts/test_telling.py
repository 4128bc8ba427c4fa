"""News: told once, grouped, withdrawn, mailed by day, capped, stopped by one click."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from accounts.notifications import kinds, preferences, queries, telling, unsubscribing
from accounts.notifications.kinds import Kind
from accounts.notifications.models import Notification
from accounts.notifications.rules import EVENTS, Mail
from common.db import db
from common.errors import Invalid, NotFound
from common.i18n import _, using_language
from common.unit_of_work import unit_of_work


@pytest.fixture(autouse=True)
def _kinds(app):
    known = dict(kinds._kinds)
    told = lambda params: _("%(actor)s wrote", actor=params["actor"])  # noqa: E731
    for key, more in {
        "t-answer": {"event": "answer"},
        "t-mention": {"event": "mention"},
        "t-solution": {"event": "solution"},
        "t-kudos": {"event": "kudos"},
        "t-account": {"event": "account", "always": True},
        "t-security": {"event": "account", "always": True, "urgent": True},
        "t-calm": {"event": "answer", "mail": "off"},
    }.items():
        kinds.register(Kind(key, told, lambda params: "/en/somewhere", **more))
    yield
    kinds._kinds.clear()
    kinds._kinds.update(known)


def tell(member_id, kind, cause, **params):
    with unit_of_work():
        return telling.tell(member_id, kind, cause, **params)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Notification))


def paris(*parts) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


# --- on the site ---------------------------------------------------------------------------------------------


def test_the_same_cause_is_told_once(app, ada, ben, drain, outbox):
    assert tell(ada.member_id, "t-answer", "answer:1", question_id=7, actor_id=ben.member_id)
    assert tell(ada.member_id, "t-answer", "answer:1", question_id=7, actor_id=ben.member_id) is None
    drain()
    assert count() == 1 and len(outbox()) == 1


def test_fifty_tellings_of_one_cause_are_one(app, ada, in_threads, drain, outbox):
    results = in_threads(50, lambda _n: tell(ada.member_id, "t-answer", "answer:1"))
    assert len([r for r in results if isinstance(r, int)]) == 1 and results.count(None) == 49
    drain()
    assert count() == 1 and len(outbox()) == 1


def test_nobody_is_told_about_their_own_acts_or_about_nobody(app, ada):
    assert tell(ada.member_id, "t-answer", "a", actor_id=ada.member_id) is None
    assert tell(None, "t-answer", "a") is None
    assert count() == 0


def test_an_unknown_kind_is_a_mistake_of_ours(app, ada):
    with pytest.raises(LookupError):
        tell(ada.member_id, "t-nothing", "a")


def test_a_failing_act_tells_nobody(app, ada, drain, outbox):
    with pytest.raises(RuntimeError), unit_of_work():
        telling.tell(ada.member_id, "t-answer", "answer:1")
        raise RuntimeError
    drain()
    assert count() == 0 and outbox() == []


def test_news_of_one_thread_is_one_line(app, ada, ben, cleo, mo):
    for number, who in enumerate((ben, cleo, mo)):
        tell(ada.member_id, "t-answer", f"answer:{number}", question_id=7, actor_id=who.member_id)
    tell(ada.member_id, "t-answer", "answer:9", question_id=8, actor_id=ben.member_id)
    with using_language("en"):
        lines = queries.page_of_news(ada.member_id).items
        assert [(str(line.sentence), line.count) for line in lines] == [
            ("Ben wrote", 1),
            ("Mo and 2 others wrote", 3),
        ]
    with using_language("fr"):
        assert "2 autres" in str(lines[1].sentence)
    assert queries.unread_count(ada.member_id) == 4


def test_two_queries_for_a_page_however_long(app, ada, ben, cleo, count_queries):
    def pages():
        with count_queries() as seen:
            queries.page_of_news(ada.member_id)
        return len([statement for statement in seen if "notification" in statement or "member" in statement])

    tell(ada.member_id, "t-answer", "answer:0", actor_id=ben.member_id)
    few = pages()
    for number in range(1, 25):
        tell(ada.member_id, "t-answer", f"answer:{number}", actor_id=(ben, cleo)[number % 2].member_id)
    assert pages() == few == 2


def test_pages_follow_each_other_without_gap(app, ada, at):
    for number in range(70):
        at(timedelta(seconds=1 if number % 3 else 0))
        tell(ada.member_id, "t-answer", f"answer:{number}")
    seen, after = [], None
    while True:
        page = queries.page_of_news(ada.member_id, after)
        seen += [id for line in page.items for id in line.ids]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 70


def test_marking_read_touches_ones_own_only(app, ada, ben):
    mine, theirs = tell(ada.member_id, "t-answer", "a"), tell(ben.member_id, "t-answer", "a")
    assert telling.mark_read(ada, notification_ids=[mine, theirs]) == 1
    assert telling.mark_read(ada, notification_ids=[mine]) == 0
    assert queries.unread_count(ben.member_id) == 1


def test_marking_all_spares_what_came_after_the_page_was_shown(app, ada):
    first = tell(ada.member_id, "t-answer", "a")
    tell(ada.member_id, "t-answer", "b")
    telling.mark_read(ada, up_to_id=first)
    assert queries.unread_count(ada.member_id) == 1


def test_withdrawn_news_is_gone_from_page_count_and_mail_and_may_return(app, ada, drain, outbox):
    tell(ada.member_id, "t-answer", "answer:5", question_id=7, post_id=5)
    about = Notification.post_id == 5
    assert telling.put_away(about) == 1 and telling.put_away(about) == 0
    assert queries.page_of_news(ada.member_id).items == [] and queries.unread_count(ada.member_id) == 0
    drain()
    assert outbox() == []
    assert telling.bring_back(about) == 1 and queries.unread_count(ada.member_id) == 1
    assert telling.withdraw(5) == 1 and telling.withdraw(5) == 0
    assert telling.bring_back(about) == 0, "what is no longer true is gone for good"


# --- by mail -------------------------------------------------------------------------------------------------


def test_the_first_mail_leaves_at_once_the_next_together_ten_minutes_later(
    app, ada, ben, cleo, mo, drain, outbox, at
):
    tell(ada.member_id, "t-answer", "answer:1", question_id=7, actor_id=ben.member_id)
    drain()
    assert len(outbox()) == 1
    at(timedelta(minutes=2))
    tell(ada.member_id, "t-answer", "answer:2", question_id=7, actor_id=cleo.member_id)
    tell(ada.member_id, "t-answer", "answer:3", question_id=7, actor_id=mo.member_id)
    drain()
    assert len(outbox()) == 1
    at(timedelta(minutes=8))
    drain()
    assert [m["Subject"] for m in outbox()][1:] == ["Mo and Cleo wrote"]


def test_what_was_read_on_the_site_is_not_mailed(app, ada, ben, drain, outbox):
    tell(ada.member_id, "t-solution", "a", actor_id=ben.member_id)
    telling.mark_read(ada, up_to_id=10**9)
    drain()
    assert outbox() == []


def test_no_mail_at_night_but_security(app, ada, ben, drain, outbox, at):
    at(paris(2026, 3, 2, 22, 0))
    tell(ada.member_id, "t-answer", "answer:1", actor_id=ben.member_id)
    tell(ada.member_id, "t-account", "held:1")
    tell(ada.member_id, "t-security", "alarm:1")
    drain()
    assert len(outbox()) == 1
    at(paris(2026, 3, 3, 7, 59))
    drain()
    assert len(outbox()) == 1
    at(paris(2026, 3, 3, 8, 1))
    drain()
    assert len(outbox()) == 3


def test_three_community_mails_a_day_the_rest_in_the_digest(app, ada, ben, drain, outbox, at):
    for number in range(6):
        tell(ada.member_id, "t-answer", f"answer:{number}", question_id=number, actor_id=ben.member_id)
        drain()
    assert len(outbox()) == 3
    tell(ada.member_id, "t-account", "held:1")
    drain()
    assert len(outbox()) == 4
    at(paris(2026, 3, 3, 9, 0))
    drain()
    assert len(outbox()) == 5
    text = outbox()[-1].get_body(("plain",)).get_content()
    assert "Your news" in outbox()[-1]["Subject"] and text.count("Ben wrote") == 3
    at(paris(2026, 3, 4, 9, 0))
    drain()
    assert len(outbox()) == 5


def test_mails_about_the_account_do_not_use_up_the_three(app, ada, ben, drain, outbox):
    for number in range(4):
        tell(ada.member_id, "t-account", f"held:{number}")
    tell(ada.member_id, "t-answer", "answer:1", question_id=1, actor_id=ben.member_id)
    drain()
    assert len(outbox()) == 5


def test_the_digest_of_a_day_is_one_mail(app, ada, ben, drain, outbox, at):
    for number in range(5):
        tell(ada.member_id, "t-solution", f"solution:{number}", question_id=number, actor_id=ben.member_id)
    drain()
    assert outbox() == []
    at(paris(2026, 3, 3, 9, 0))
    drain()
    drain()
    assert len(outbox()) == 1


def test_a_letter_that_is_written_again_is_the_same(app, ada, ben, drain):
    from accounts.digests.letters import write_digest
    from accounts.notifications.letters import write_news

    first = tell(ada.member_id, "t-answer", "answer:1", question_id=7, actor_id=ben.member_id)
    ids = {"notification_id": first, "batch": f"notification:{first}"}
    assert write_news(ids) == write_news(ids) is not None
    assert write_news({"notification_id": first, "batch": "another"}) is None
    assert write_digest({"member_id": ada.member_id, "batch": "digest"}) is None


def test_no_mail_to_who_has_no_proven_address_or_left(app, ada, ben, drain, outbox):
    from accounts.members.models import Member
    from common.clock import now
    from common.db import update_where

    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, email_verified_at=None)
    tell(ada.member_id, "t-answer", "answer:1")
    tell(ben.member_id, "t-answer", "answer:1")
    with unit_of_work():
        update_where(Member, Member.id == ben.member_id, closed_at=now())
    drain()
    assert outbox() == [] and count() == 2


def test_every_community_mail_has_the_way_out_in_its_head_and_those_about_the_account_have_none(
    app, ada, ben, drain, outbox
):
    tell(ada.member_id, "t-answer", "answer:1", actor_id=ben.member_id)
    tell(ada.member_id, "t-account", "held:1")
    drain()
    community, account = sorted(outbox(), key=lambda mail: mail["List-Unsubscribe"] is None)
    assert community["List-Unsubscribe"].startswith("<http://localhost/en/unsubscribe/")
    assert community["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert account["List-Unsubscribe"] is None


def test_a_hostile_name_stays_text_in_page_and_mail(app, ada, ben, drain, outbox):
    from accounts.members.models import Member
    from common.db import update_where

    with unit_of_work():
        update_where(Member, Member.id == ben.member_id, display_name="<img src=x onerror=1>")
    tell(ada.member_id, "t-answer", "answer:1", actor_id=ben.member_id)
    drain()
    html = outbox()[0].get_body(("html",)).get_content()
    assert "<img src=x" not in html and "&lt;img src=x" in html


# --- preferences ---------------------------------------------------------------------------------------------


def test_the_page_shows_the_defaults_of_the_design(app, ada):
    lines = {
        line.key: (line.site, line.mail, line.digest, line.always)
        for line in preferences.lines_of(ada.member_id)
    }
    assert lines == {event.key: (event.site, event.mail, event.digest, event.always) for event in EVENTS}


def test_what_a_member_chooses_is_obeyed(app, ada, ben, drain, outbox):
    preferences.choose(ada, {"answer": (False, Mail.OFF, False), "kudos": (False, Mail.NOW, True)})
    preferences.choose(ada, {"answer": (False, Mail.OFF, False)})
    assert tell(ada.member_id, "t-answer", "answer:1", actor_id=ben.member_id) is None
    assert tell(ada.member_id, "t-kudos", "kudos:1", actor_id=ben.member_id)
    drain()
    assert len(outbox()) == 1 and queries.unread_count(ada.member_id) == 0
    assert tell(ben.member_id, "t-answer", "answer:1", actor_id=ada.member_id)


def test_what_is_always_told_cannot_be_chosen(app, ada):
    for wishes in ({"account": (False, Mail.OFF, False)}, {"nonsense": (True, Mail.NOW, True)}):
        with pytest.raises(Invalid):
            preferences.choose(ada, wishes)
    assert tell(ada.member_id, "t-account", "held:1")


def test_a_kind_may_be_calmer_than_its_line_until_the_member_chooses(app, ada, drain, outbox):
    tell(ada.member_id, "t-calm", "a")
    drain()
    assert outbox() == []
    preferences.choose(ada, {"answer": (True, Mail.NOW, True)})
    tell(ada.member_id, "t-calm", "b")
    drain()
    assert len(outbox()) == 1


def test_one_click_stops_one_event_or_all_and_may_be_repeated(app, ada):
    from accounts.members.queries import by_id

    token = unsubscribing.url(by_id(ada.member_id), "answer").rpartition("/")[2]
    before = {line.key: line.site for line in preferences.lines_of(ada.member_id)}
    for _again in range(2):
        unsubscribing.unsubscribe(token)
    after = {line.key: line for line in preferences.lines_of(ada.member_id)}
    assert after["answer"].mail is Mail.OFF and after["mention"].mail is Mail.HOURLY
    assert {key: line.site for key, line in after.items()} == before
    unsubscribing.unsubscribe(unsubscribing.url(by_id(ada.member_id), None).rpartition("/")[2])
    assert all(line.mail is Mail.OFF or line.always for line in preferences.lines_of(ada.member_id))


@pytest.mark.parametrize("token", ["", "x", "WzEsbnVsbF0.forged", "[1,null]"])
def test_a_token_that_is_not_ours_stops_nothing(app, ada, token):
    with pytest.raises(NotFound):
        unsubscribing.unsubscribe(token)


def test_news_of_half_a_year_ago_is_forgotten_when_read(app, ada, at):
    tell(ada.member_id, "t-answer", "a")
    tell(ada.member_id, "t-answer", "b")
    telling.mark_read(ada, up_to_id=db.session.scalar(select(func.min(Notification.id))))
    at(timedelta(days=200))
    assert telling.forget_old() == 1 and count() == 1
