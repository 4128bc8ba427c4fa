"""Cards, names, profiles, roles, imports and the operator's commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.events import RoleChanged
from accounts.members import names, profiles, queries
from accounts.members.importing import ImportedMember, bring_in
from accounts.members.models import DisplayChoice, Member
from accounts.members.profiles import Profile
from accounts.members.queries import FORMER_MEMBER, cards
from accounts.members.roles import give_role
from accounts.signin import sessions
from common import audit, unit_of_work
from common.audit import AuditEntry
from common.clock import now
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import using_language
from common.permissions import ANONYMOUS, SYSTEM
from tests.accounts.conftest import HERE
from tests.conftest import START, stored_text

# --- cards ---------------------------------------------------------------------------------------------------


def test_many_cards_cost_one_query(app, count_queries):
    with count_queries() as seen:
        found = cards([1, 2, 3, 4, 4, None, 999_999])
    assert len(seen) == 1
    assert (found[1].name, found[1].initials, found[1].is_staff) == ("Ada", "A", False) and found[4].is_staff
    assert 1 <= found[1].tint <= 6
    with count_queries() as seen:
        assert cards([None, None])[None] is FORMER_MEMBER
    assert seen == []


def test_nobody_unknown_and_closed_are_former_members(app, ada):
    with unit_of_work.unit_of_work():
        update_where(Member, Member.id == ada.member_id, closed_at=now())
    found = cards([ada.member_id])
    assert found[ada.member_id] is found[None] is found.get(12345) is FORMER_MEMBER
    with using_language("fr"):
        assert str(FORMER_MEMBER.name) == "Ancien membre"


def test_members_are_found_by_name_and_by_address(app, ada, ben):
    assert queries.by_names(["ÁDA", "Ben", "Nobody"]) == {"ÁDA": ada.member_id, "Ben": ben.member_id}
    assert queries.by_names([]) == {}
    assert queries.by_email("ADA@Example.com").id == ada.member_id and queries.by_email("x@y.fr") is None


# --- profiles ------------------------------------------------------------------------------------------------


def test_a_member_edits_their_profile(app, ada):
    profiles.edit_profile(ada, Profile("Ada L.", "I repair\nradios.", "  Le   Mans "))
    member = queries.by_id(ada.member_id)
    assert (member.display_name, member.slug, member.bio, member.city) == (
        "Ada L.",
        "ada-l",
        "I repair\nradios.",
        "Le Mans",
    )
    profiles.edit_profile(ada, Profile("Ada L.", "", ""))
    assert queries.by_id(ada.member_id).bio == ""


def test_what_identifies_a_person_is_kept_nowhere_in_a_profile(app, ada, mo):
    for who in (ada, mo):
        words = "Call 06 12 34 56 78, pay 4111 1111 1111 1111 or write to jean@example.org"
        profiles.edit_profile(who, Profile(who.display_name, words, "Lyon 06 12 34 56 78"))
        member = queries.by_id(who.member_id)
        assert member.bio.startswith("Call") and member.city.startswith("Lyon")
    assert not any(secret in stored_text() for secret in ("34 56", "4111 1111", "jean@"))


@pytest.mark.parametrize(
    ("draft", "field"),
    [(Profile("Ben"), "display_name"), (Profile("B\u00c9N"), "display_name"), (Profile(""), "display_name"),
     (Profile("Support"), "display_name"), (Profile("Ada", "x" * 601), "bio"), (Profile("Ada", "", "x" * 61), "city")],
)  # fmt: skip
def test_a_refused_profile_changes_nothing(app, ada, draft, field):
    with pytest.raises(Invalid) as refused:
        profiles.edit_profile(ada, draft)
    assert set(refused.value.fields) == {field}
    member = queries.by_id(ada.member_id)
    assert (member.display_name, member.bio, member.city) == ("Ada", "", "")


def test_who_may_not_edit_a_profile(app, ada, zed):
    for actor in (ANONYMOUS, zed, replace(ada, suspended=True)):
        with pytest.raises(Forbidden):
            profiles.edit_profile(actor, Profile("Whoever"))


def test_staff_may_have_names_kept_for_the_team(app, mo):
    profiles.edit_profile(mo, Profile("Modération"))
    assert queries.by_id(mo.member_id).display_name == "Modération"


def test_fifty_members_racing_for_one_name(app, in_threads):
    with unit_of_work.unit_of_work():
        for number in range(50):
            db.session.add(
                Member(display_name=f"R{number}", name_key=f"~r{number}", slug="r", joined_at=START)
            )
    ids = list(db.session.scalars(select(Member.id).where(Member.slug == "r")))

    def take(number):
        with unit_of_work.unit_of_work():
            names.rename(ids[number], ("Élodie", "ELODIE", "E\u0301lodie")[number % 3])

    results = in_threads(50, take)
    assert results.count(None) == 1 and all(isinstance(r, Invalid) for r in results if r is not None)


def test_display_and_language_are_kept(app, ada):
    for _again in range(2):
        profiles.choose_display(ada, "dark", "larger", False)
        profiles.choose_language(ada, "fr")
    row = db.session.get(DisplayChoice, ada.member_id)
    assert (row.theme, row.text_size, row.shortcuts) == ("dark", "larger", False)
    assert queries.by_id(ada.member_id).language == "fr"


def test_choices_that_do_not_exist(app, ada):
    for call in (
        lambda: profiles.choose_display(ada, "pink", "normal", True),
        lambda: profiles.choose_display(ada, "dark", "huge", True),
        lambda: profiles.choose_language(ada, "xx"),
    ):
        with pytest.raises(Invalid):
            call()
    with pytest.raises(Forbidden):
        profiles.choose_language(ANONYMOUS, "fr")
    assert db.session.get(DisplayChoice, ada.member_id) is None


# --- roles ---------------------------------------------------------------------------------------------------


def test_a_role_is_given_audited_told_and_ends_sessions(app, root, ada, monkeypatch):
    seen = []
    monkeypatch.setattr(unit_of_work, "_handlers", {RoleChanged: [seen.append]})
    with unit_of_work.unit_of_work():
        secret = sessions.begin(ada.member_id, HERE)
    assert give_role(root, ada.member_id, "moderator", "She knows the rules") is True
    assert queries.by_id(ada.member_id).role == "moderator" and sessions.load(secret) is None
    assert seen == [RoleChanged(ada.member_id, "member", "moderator")]
    entry = db.session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()))
    assert (entry.actor_id, entry.act, entry.target_id, entry.reason) == (
        root.member_id, "role.changed", str(ada.member_id), "She knows the rules")  # fmt: skip
    assert audit.verify() is None


def test_the_same_role_again_changes_nothing(app, root, mo):
    assert give_role(root, mo.member_id, "moderator", "again") is False
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_only_administrators_give_roles(app, ada, mo, sam, max_):
    for actor in (ANONYMOUS, ada, mo, sam, max_):
        with pytest.raises(Forbidden):
            give_role(actor, ada.member_id, "admin", "please")
    assert queries.by_id(ada.member_id).role == "member"


def test_roles_need_a_reason_a_known_name_and_a_member(app, root, ada):
    with pytest.raises(Invalid):
        give_role(root, ada.member_id, "moderator", "  ")
    with pytest.raises(Invalid):
        give_role(root, ada.member_id, "king", "why not")
    with pytest.raises(NotFound):
        give_role(root, 999_999, "moderator", "who?")


def test_the_last_administrator_stays(app, root, ada):
    with pytest.raises(Conflict):
        give_role(root, root.member_id, "member", "tired")
    give_role(root, ada.member_id, "admin", "a second one")
    assert give_role(root, root.member_id, "member", "tired")


def test_two_administrators_cannot_dismiss_each_other_at_once(app, root, ada, in_threads):
    give_role(root, ada.member_id, "admin", "a second one")
    other = replace(ada, role="admin")
    in_threads(2, lambda n: give_role((root, other)[n], (ada, root)[n].member_id, "member", "race"))
    assert len(queries.staff_ids(queries.Role.ADMIN)) == 1


def test_fifty_equal_gifts_are_one(app, root, ada, in_threads):
    results = in_threads(50, lambda _n: give_role(SYSTEM, ada.member_id, "agent", "race"))
    assert results.count(True) == 1 and results.count(False) == 49
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


# --- imports -------------------------------------------------------------------------------------------------


def person(number: int, name: str = "", **more) -> ImportedMember:
    return ImportedMember(f"beer:{number}", name or f"Person {number}", START - timedelta(days=900), **more)


def test_an_import_repeated_changes_nothing(app):
    people = [person(n, "Same Name", bio="x" * 900, city="Lyon") for n in range(1200)]
    first = bring_in(people)
    assert (first.created, first.updated, first.unchanged) == (1200, 0, 0) and len(first.ids) == 1200
    again = bring_in(people)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1200) and again.ids == first.ids


def test_a_later_import_equals_the_later_alone(app):
    bring_in([person(1, "Old Name"), person(2)])
    outcome = bring_in([person(1, "New Name", bio="Hello"), person(2), person(3)])
    assert (outcome.created, outcome.updated, outcome.unchanged) == (1, 1, 1)
    member = queries.by_id(outcome.ids["beer:1"])
    assert (member.display_name, member.slug, member.bio, member.email, member.joined_at) == (
        "New Name", "new-name", "Hello", None, START - timedelta(days=900))  # fmt: skip


def test_hostile_names_of_an_import_are_kept_harmless(app):
    people = [
        person(n, name) for n, name in enumerate(["", "\u202e\u200b", "w" * 500, "<script>", "a\x00b", "Ada"])
    ]
    outcome = bring_in(people)
    assert outcome.created == len(people)
    shown = [card.name for card in cards(outcome.ids.values()).values()]
    assert "Member 1" in shown and all(2 <= len(name) <= 40 for name in shown)


def test_an_imported_name_is_not_free_for_others(app):
    bring_in([person(1, "Famous Expert")])
    assert not names.is_free("Famous Expert") and names.is_free("Somebody Else")


# --- commands ------------------------------------------------------------------------------------------------


def test_the_operator_creates_members_and_gives_roles(app):
    run = app.test_cli_runner().invoke
    made = run(
        args=[
            "members",
            "create",
            "op@example.com",
            "Op Erator",
            "--role",
            "admin",
            "--password",
            "purple cow staple",
        ]
    )
    assert made.exit_code == 0, made.output
    assert queries.by_email("op@example.com").role == "admin"
    assert run(args=["members", "role", "op@example.com", "agent"]).exit_code == 0
    assert queries.by_email("op@example.com").role == "agent"
    assert "already" in run(args=["members", "role", "op@example.com", "agent"]).output
    assert (
        run(args=["members", "password", "op@example.com", "--password", "another good phrase"]).exit_code
        == 0
    )
    for wrong in (
        ["members", "create", "op@example.com", "Other One", "--password", ""],
        ["members", "create", "nonsense", "Other One", "--password", ""],
        ["members", "create", "x@example.com", "Other One", "--password", "short"],
        ["members", "role", "nobody@example.com", "agent"],
        ["members", "password", "op@example.com", "--password", "short"],
    ):
        result = run(args=wrong)
        assert result.exit_code == 1 and "Error" in result.output and "Traceback" not in result.output
    assert queries.by_email("x@example.com") is None
