"""Who may do what: every role on every address, and on texts in every state. The table is `who_may.py`; what is not in it fails.

The answers are told apart strictly: refused is 403, 401 or the way to the sign-in page; anything else is let in, also a 404 of
something that does not exist. Acts of the desk are sent by everybody who may not, and nothing may have changed afterwards.
"""

from __future__ import annotations

import re
import sys
from html import unescape
from typing import Any

import pytest
from sqlalchemy import true
from werkzeug.routing import IntegerConverter, Rule

from common.db import db
from common.permissions import ALLOWED
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.delegation import scope
from moderation.escalation import laddering
from moderation.review import permissions as review_permissions
from moderation.review.queueing import open_item
from moderation.review.rules import ItemType
from tests.conftest import START, actor_named, all_rows
from tests.web import who_may
from tests.web.crowd import ELSEWHERE, ROLES, Crowd, gather, write_texts

DESK, READING, ACTS = (who_may.read(one) for one in (who_may.DESK, who_may.READING, who_may.ACTS))
BEFORE_THE_DOOR = ("signin.", "static", "versioned_static")
"""Signing in and out has tests of its own; files are for everybody."""

SOME = ("anonymous", "newcomer", "silenced", "suspended", "limited")
"""Who is asked where everybody may read."""


class Site:
    """A site with one person of each kind and something of each kind to point at."""

    def __init__(self, app: Any, crowd: Crowd, made: dict[str, int]) -> None:
        self.app, self.crowd, self.made = app, crowd, made

    def path(self, rule: Rule) -> str:
        """A concrete address: of something that exists, where there is something."""
        question, blueprint = self.made["question"], rule.endpoint.partition(".")[0]
        number = {"review": self.made["item"], "delegation": 1}.get(blueprint, question)
        values: dict[str, Any] = {
            "id": number, "question_id": question, "post_id": self.made["published"], "case_id": self.made["case"],
            "answer_id": self.made["published"], "member_id": 1, "lang": "en",
            "what": {"economics": "issued", "figures": "decided", "dashboard": "asked"}.get(blueprint, "x"), "act": "publish" if blueprint == "trial_desk" else "x",
            "kind": "first",
        }  # fmt: skip
        if rule.endpoint in ("desk.member", "desk.sanction", "desk.lift"):
            values["id"] = 901
        if rule.endpoint.startswith("delegation.member") or rule.endpoint == "delegation.entrust":
            values["id"] = self.crowd.ids["limited"]
        for name, converter in rule._converters.items():
            values.setdefault(name, 1 if isinstance(converter, IntegerConverter) else "x")
        with self.app.test_request_context("/en/"):
            built = rule.build({name: values[name] for name in rule._converters}, append_unknown=False)
        assert built is not None
        return str(built[1])

    def is_let_in(self, role: str, path: str, method: str = "GET") -> bool:
        """Whether somebody of this role gets past the door."""
        response = self.crowd.browsers[role].open(path, method=method)
        status, where = response.status_code, response.headers.get("Location", "")
        response.close()
        assert status < 500 or path == "/healthz", (role, path, status)
        return not (status in (401, 403) or (status in (302, 303) and "sign-in" in where))


@pytest.fixture
def site(app, client, at, make_question, make_answer):
    at(START)
    crowd = gather(app)
    made = write_texts(crowd, make_question, make_answer)
    with unit_of_work():
        made["item"] = open_item(ItemType.POST, made["held"], post=db.session.get(Post, made["held"]))
    waiting = make_question(actor_named("ben"), title="Nobody answers this one", category_id=ELSEWHERE)
    made["case"] = laddering.escalate(waiting, None)
    return Site(app, crowd, made)


def rules(app, *methods):
    """(method, rule) of every address but those before the door."""
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(BEFORE_THE_DOOR):
            yield from ((method, rule) for method in methods if method in (rule.methods or ()))


def wrong_cells(site: Site, table: dict[str, str], method: str, roles: Any = ROLES) -> tuple[list[Any], int]:
    """The cells that are not as the table says, and how many were looked at. Acts are sent by who may not only."""
    wrong, count = [], 0
    for _method, rule in rules(site.app, method):
        if rule.endpoint not in table:
            continue
        may, path = who_may.ROLES[table[rule.endpoint]], site.path(rule)
        asked = SOME if table[rule.endpoint] in ("EVERYBODY", "SIGNED_IN") else roles
        for role in asked:
            if role in may and method != "GET":
                continue
            count += 1
            if table[rule.endpoint] == "AWAY" and role == "anonymous":
                continue
            if site.is_let_in(role, path, method) != (role in may):
                wrong.append((role, method, rule.endpoint))
    return wrong, count


def unlisted(app, known: Any) -> list[str]:
    """Addresses of which nobody has said who may."""
    return sorted(
        {rule.endpoint for _method, rule in rules(app, "GET", "POST", "PUT", "DELETE")} - set(known)
    )


def test_every_address_stands_in_the_table_and_the_table_knows_no_other(app):
    known = {*DESK, *READING, *ACTS}
    assert not unlisted(app, known)
    assert not known - {rule.endpoint for rule in app.url_map.iter_rules()}
    of_the_desk = {rule.endpoint for rule in app.url_map.iter_rules() if "/desk" in rule.rule}
    assert of_the_desk == set(DESK)


def test_everybody_reads_what_the_table_says_and_nothing_else_of_the_desk(site):
    wrong, count = wrong_cells(site, DESK, "GET")
    assert wrong == []
    assert count > 1_400


def test_every_link_the_rail_shows_somebody_is_a_page_they_may_open(site):
    """What the table says is proven above; addresses with a question mark are opened."""
    closed, seen = [], 0
    for role in sorted(who_may.EVERYBODY - who_may.CUSTOMERS - {"anonymous"}):
        for address in rail_of(site, role):
            seen += 1
            endpoint, _values = site.app.url_map.bind("localhost").match(address.partition("?")[0])
            is_open = role in who_may.ROLES[{**READING, **DESK}[endpoint]]
            if "?" in address:
                is_open = site.crowd.browsers[role].get(address).status_code == 200
            if not is_open:
                closed.append((role, address))
    assert closed == []
    assert seen > 150


def rail_of(site: Site, role: str) -> list[str]:
    """The links of the desk's rail, on the first page of the desk that this person may open."""
    for first in ("/en/desk/review", "/en/desk/members", "/en/desk/escalations", "/en/desk/duty"):
        page = site.crowd.browsers[role].get(first)
        if page.status_code == 200:
            rail = page.get_data(as_text=True).partition('<nav class="staff-rail"')[2].partition("</nav>")[0]
            return [unescape(one) for one in re.findall(r'href="(/en/[^"]*)"', rail)]
    return []


def test_no_act_of_the_desk_is_open_to_who_may_not_and_nothing_changes(site):
    before = quiet(all_rows())
    wrong, count = wrong_cells(site, DESK, "POST")
    assert wrong == []
    assert count > 1_500
    assert quiet(all_rows()) == before


def quiet(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without when somebody was seen, and how often."""
    return {
        name: found
        for name, found in rows.items()
        if name not in ("member", "member_session", "rate_limit", "question")
    }


def test_the_rest_of_the_site_is_read_by_whom_the_table_says(site):
    wrong, count = wrong_cells(site, READING, "GET")
    assert wrong == []
    assert count > 700


def test_acts_of_members_are_refused_to_visitors_and_to_who_is_under_a_measure(site):
    kept_out = {"WRITERS": ("anonymous", "silenced", "suspended", "banned"), "UNSUSPENDED": ("anonymous", "suspended", "banned"),
                "OWN": ("anonymous",)}  # fmt: skip
    open_ones = [
        (role, rule.endpoint)
        for _method, rule in rules(site.app, "POST")
        for role in kept_out.get(ACTS.get(rule.endpoint, ""), ())
        if site.is_let_in(role, site.path(rule), "POST")
    ]
    assert open_ones == [
        ("anonymous", "questions.me_too")
    ]  # a visitor is led to a page that says why to sign in


# --- texts in every state -----------------------------------------------------------------------------------------------

MODERATE = frozenset({"moderator", "manager", "admin"})
PAGES = (
    "/en/questions/{q}",
    "/en/questions/{q}/print",
    "/en/questions/{q}.atom",
    "/en/questions/{q}/history",
)
OF_ONE = (
    "/en/a/{id}",
    "/en/posts/{id}/history",
    "/en/posts/{id}/edit",
    "/en/posts/{id}/flag",
    "/en/posts/{id}/suggest",
)


def seen_texts(site: Site, role: str) -> set[str]:
    """The names of the texts that anything outside the desk shows to somebody of this role."""
    browser, q, found = site.crowd.browsers[role], site.made["question"], set()
    texts = {name: number for name, number in site.made.items() if "_of_" in name}
    addresses = [page.format(q=q) for page in PAGES]
    addresses += [page.format(id=number) for number in texts.values() for page in OF_ONE]
    for address in addresses:
        response = browser.get(address, follow_redirects=True)
        body = response.get_data(as_text=True)
        response.close()
        found |= {name for name in texts if f"marked {name} text" in body}
    return found


def may_see(role: str, name: str) -> bool:
    """Published for everybody; the rest for its author, who is "member", and for who moderates everywhere."""
    state, _of, author = name.partition("_of_")
    return state == "published" or role in MODERATE or (author == "member" and role == "member")


def test_a_text_that_is_not_published_is_shown_by_no_way_to_who_may_not(site):
    shown = {role: seen_texts(site, role) for role in ROLES}
    leaks = [(role, name) for role, names in shown.items() for name in names if not may_see(role, name)]
    assert not leaks
    assert all({"published_of_other", "published_of_member"} <= names for names in shown.values())
    assert "held_of_member" in shown["member"] and "hidden_of_other" in shown["moderator"]


# --- broken twins: what the matrix is for ------------------------------------------------------------------------------


def test_a_new_address_nobody_spoke_of_is_found(app):
    known = {*DESK, *READING, *ACTS} - {"review.queue"}
    assert unlisted(app, known) == ["review.queue"]


def test_a_desk_that_asks_nobody_is_found(site, monkeypatch):
    few = {name: who for name, who in DESK.items() if name.startswith("review.")}
    monkeypatch.setattr(sys.modules["moderation.review.routes"], "can_review", lambda _actor: ALLOWED)
    wrong, _count = wrong_cells(site, few, "GET", ("agent", "nothing"))
    assert ("agent", "GET", "review.queue") in wrong
    assert ("nothing", "GET", "review.queue") in wrong


def test_rights_that_look_at_no_category_are_found(site, monkeypatch):
    item = f"/en/desk/review/{site.made['item']}"
    seen = {
        role: site.crowd.browsers[role].get(item).status_code for role in ("limited", "elsewhere", "agency")
    }
    assert seen == {"limited": 200, "elsewhere": 404, "agency": 200}
    monkeypatch.setattr(scope, "in_scope", lambda _actor: true())
    monkeypatch.setattr(review_permissions.scope, "in_scope", lambda _actor: true())
    assert site.crowd.browsers["elsewhere"].get(item).status_code == 200
