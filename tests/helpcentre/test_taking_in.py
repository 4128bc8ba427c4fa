"""Articles of the help centre: by file, by the API and from a feed; the same again changes nothing, what is gone is gone."""

from __future__ import annotations

import dataclasses
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import func, select

from accounts.apikeys.keeping import make_key
from common import config, settings
from common.db import db
from common.health import findings
from common.permissions import SYSTEM
from forum.content.helpcentre import fetching
from forum.content.helpcentre.feeds import BadFeed, read_feed
from forum.content.helpcentre.filling import Vanishing, take_in
from forum.content.helpcentre.finding import ArticleWish, find_articles, like_text
from forum.content.helpcentre.models import HelpArticle, HelpTerm
from forum.content.helpcentre.rules import ArticleFault, ArticleLine, Source, read_article
from tests.conftest import START, all_rows

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en">
<title>Help</title><link rel="next" href="/feed/2"/>
<entry><id>urn:1</id><title>Clean the filter</title><link href="https://help.example.com/1"/>
<updated>2026-03-01T10:00:00+01:00</updated><category term="washing"/>
<content type="html">&lt;p&gt;Open the hatch.&lt;/p&gt;&lt;script&gt;bad()&lt;/script&gt;&lt;p&gt;Let it drain.&lt;/p&gt;</content></entry>
<entry xml:lang="fr"><id>urn:2</id><title>Nettoyer</title><link href="https://help.example.com/2"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ouvrez.</p><p>Fermez.</p></div></content></entry>
<at:deleted-entry ref="urn:3" when="2026-03-01T10:00:00Z"/></feed>"""


def item(key="a1", **more):
    return {
        "id": key, "title": "Clean the drain filter", "text": "Open the hatch.\nLet the water out.",
        "address": f"https://help.example.com/{key}", "language": "en", "category": "washing",
    } | more  # fmt: skip


def found(words: str) -> list[str]:
    """The ids, as they were sent, of what a search finds."""
    db.session.rollback()
    ids = find_articles([[[(f"en|{word}",)] for word in words.split()]], ArticleWish())
    keys = dict(db.session.execute(select(HelpArticle.id, HelpArticle.key)).tuples().all())
    return [keys[one] for one in ids]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"id": ""}, ArticleFault.ID),
        ({"id": ["a"]}, ArticleFault.ID),
        ({"title": "x" * 201}, ArticleFault.TITLE),
        ({"text": " \n "}, ArticleFault.TEXT),
        ({"address": "http://help.example.com/1"}, ArticleFault.ADDRESS),
        ({"address": "https://u:p@help.example.com/1"}, ArticleFault.ADDRESS),
        ({"address": 'https://help.example.com/"><b>'}, ArticleFault.ADDRESS),
        ({"address": "javascript:alert(1)"}, ArticleFault.ADDRESS),
        ({"language": "english"}, ArticleFault.LANGUAGE),
        ({"updated": "yesterday"}, ArticleFault.DATE),
        ({"products": [str(n) for n in range(21)]}, ArticleFault.PRODUCT),
    ],
)
def test_a_faulty_article_says_what_is_wrong(changed, fault):
    assert read_article(item(**changed)) == fault


def test_an_article_is_read_and_a_long_text_is_cut():
    read = read_article(
        item(text="a\r\n\r\n  b\x00  c\n" + "x" * 30_000, language="fr-CA", updated="2026-03-31")
    )
    assert isinstance(read, ArticleLine) and read.text.startswith("a\nb c\nx") and len(read.text) == 20_000
    assert read.language == "fr" and read.updated == datetime(2026, 3, 31, tzinfo=UTC)
    assert read_article({"id": "a", "withdrawn": True}) == ArticleLine("a", withdrawn=True)


def test_taking_in_twice_changes_nothing_and_a_change_is_found_at_once(app):
    items = [item(), item("a2", title="Descale the boiler", text="Use vinegar.", category="")]
    assert take_in(items, Source.FILE).added == 2
    before = all_rows()
    again = take_in(items, Source.FILE)
    assert (again.same, again.added, again.changed) == (2, 0, 0) and all_rows() == before
    assert (
        found("drain") == ["a1"]
        and found("vinegar") == ["a2"]
        and sorted(found("drain vinegar")) == ["a1", "a2"]
    )
    assert take_in([item(text="Turn the handle.")], Source.API).changed == 1
    assert found("handl") == ["a1"] and found("hatch") == []


def test_what_is_withdrawn_is_found_no_more_and_comes_back(app):
    take_in([item()], Source.API)
    assert take_in([{"id": "a1", "withdrawn": "yes"}], Source.API).retired == 1
    assert found("drain") == [] and not db.session.scalar(select(func.count()).select_from(HelpTerm))
    assert take_in([{"id": "a1", "withdrawn": "yes"}], Source.API).same == 1
    assert take_in([item()], Source.API).changed == 1 and found("drain") == ["a1"]


def test_faults_are_named_and_a_trial_writes_nothing(app):
    before = all_rows()
    items = [
        item(),
        item(),
        item("b", category="garden"),
        item("c", products="nope"),
        {"id": "d", "withdrawn": "1"},
    ]
    trial = take_in(items, Source.FILE, dry_run=True)
    assert trial.added == 1 and all_rows() == before
    assert [(key, fault) for _line, key, fault in trial.faults] == [
        ("a1", "article_twice"), ("b", "category"), ("c", "product"), ("d", "article_unknown"),
    ]  # fmt: skip
    assert take_in(items, Source.FEED, lenient=True).added == 3


def test_a_whole_list_withdraws_what_it_lacks_but_never_most_of_it_by_mistake(app):
    take_in([item("api")], Source.API)
    take_in([item(f"f{n}") for n in range(30)], Source.FILE)
    with pytest.raises(Vanishing):
        take_in([item("f1")], Source.FILE, whole=True)
    assert len(found("drain")) == 31
    assert take_in([item(f"f{n}") for n in range(20)], Source.FILE, whole=True).retired == 10
    assert take_in([item("f1")], Source.FILE, whole=True, careful=False).retired == 19
    assert sorted(found("drain")) == ["api", "f1"]


def test_a_shelf_that_is_full_takes_no_more(app, monkeypatch):
    monkeypatch.setattr("forum.content.helpcentre.filling.MOST_ARTICLES", 1)
    report = take_in([item("a"), item("b")], Source.API)
    assert report.added == 1 and report.faults[0][2] == "article_full"


def test_filters_narrow_and_close_ones_are_offered_to_who_asks(app):
    take_in(
        [item(updated="2026-01-01"), item("b", title="Filtre de vidange", text="Ouvrez.", language="fr")],
        Source.API,
    )
    wanted = [[[("en|drain",)]]]
    assert find_articles(wanted, ArticleWish(language="fr")) == []
    assert find_articles(wanted, ArticleWish(since=datetime(2026, 2, 1, tzinfo=UTC))) == []
    assert find_articles(wanted, ArticleWish(product_id=7)) == [] and find_articles(
        wanted, ArticleWish(category_id=1)
    )
    assert len(like_text("How to clean the drain filter?", "en")) == 1
    assert like_text("The drum is loud", "en") == [] and like_text("drain", "en") == []


def test_the_api_takes_changes_and_withdraws_with_a_key_for_it(app, client):
    key = {"Authorization": f"Bearer {make_key(SYSTEM, 'Help centre', ('articles',))}"}
    other = {"Authorization": f"Bearer {make_key(SYSTEM, 'Web shop', ('products',))}"}
    sent = {name: value for name, value in item().items() if name != "id"} | {
        "text": "",
        "html": "<p>Open <b>it</b>.</p>",
    }
    assert client.put("/api/v1/articles/a1", json=sent, headers=other).status_code == 403
    assert client.put("/api/v1/articles/a1", json=sent).status_code == 403
    assert client.put("/api/v1/articles/a1", json=sent, headers=key).status_code == 201
    assert client.put("/api/v1/articles/a1", json=sent, headers=key).json["same"] == 1
    assert client.put("/api/v1/articles/a1", json=[1], headers=key).status_code == 422
    assert (
        client.put("/api/v1/articles/a1", json=sent | {"address": "ftp://x"}, headers=key).status_code == 422
    )
    many = client.post("/api/v1/articles", json={"articles": [item("b"), {"id": 5}]}, headers=key)
    assert many.json["added"] == 1 and many.json["faults"][0]["code"] == "article_title"
    assert db.session.scalar(select(HelpArticle.body).where(HelpArticle.key == "a1")) == "Open it."
    assert client.delete("/api/v1/articles/a1", headers=key).json["withdrawn"] == 1
    assert client.delete("/api/v1/articles/zz", headers=key).status_code == 404
    assert found("drain") == ["b"]


def test_the_command_line_takes_a_file(app, tmp_path):
    file = tmp_path / "articles.csv"
    file.write_text(
        "id,title,html,address,language\n1,Clean the filter,<p>Open.</p><p>Drain.</p>,https://help.example.com/1,en\n"
        "2,,x,https://help.example.com/2,en\n"
    )
    run = app.test_cli_runner().invoke
    said = run(args=["helpcentre", "import", str(file)]).output
    assert "line 3 (2): The title is missing" in said and "1 added" in said
    assert "1 as before" in run(args=["helpcentre", "import", str(file), "--whole"]).output
    assert "names no feed" in run(args=["helpcentre", "fetch"]).output


# -- the feed ---------------------------------------------------------------------------------------------------


def test_both_kinds_of_feed_are_read():
    page = read_feed(ATOM.encode(), "https://help.example.com/feed")
    first, second, third = page.articles
    assert (
        page.next == "https://help.example.com/feed/2" and first["text"] == "Open the hatch.\nLet it drain."
    )
    assert second["language"] == "fr" and second["text"] == "Ouvrez.\nFermez." and third["withdrawn"] is True
    assert isinstance(read_article(first), ArticleLine) and isinstance(read_article(second), ArticleLine)
    described = {
        "version": "https://jsonfeed.org/version/1.1", "language": "en", "next_url": "/2",
        "items": [{"id": 7, "url": "/a", "title": "Clean", "content_html": "<p>Open</p>", "_fourmi": {"products": ["P1"]}}],
    }  # fmt: skip
    page = read_feed(json.dumps(described).encode(), "https://help.example.com/feed")
    read = read_article(page.articles[0])
    assert (
        isinstance(read, ArticleLine)
        and read.products == ("P1",)
        and read.url == "https://help.example.com/a"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff\xfe<", b"hello", b"{", b'{"version": "1", "items": []}', b"[" * 10_000, b'{"a":' * 9_000,
        b"<rss/>", b"<feed", b'<!DOCTYPE x [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom"/>',
        b'{"version": "https://jsonfeed.org/version/1", "items": 5}',
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused(data):
    with pytest.raises(BadFeed):
        read_feed(data, "https://help.example.com/feed")


class Centre:
    """A help centre on this machine. ``said`` is (status, body) by path; ``asked`` what it was asked."""

    def __init__(self) -> None:
        self.said: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                mark = self.headers.get("If-None-Match", "")
                outer.asked.append((self.path, mark))
                status, body = outer.said.get(self.path, (404, b""))
                etag = f'"{hash(body)}"'
                status = 304 if mark == etag and status == 200 else status
                self.send_response(status)
                self.send_header("ETag", etag)
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)

            def log_message(self, *_words):
                """Silence."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.where = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.where}/feed"

    def say(self, items, path="/feed", **more):
        feed = {"version": "https://jsonfeed.org/version/1.1", "language": "en", "items": items} | more
        self.said[path] = (200, json.dumps(feed).encode())


def entry(key, title="Clean the drain filter"):
    return {
        "id": key,
        "url": f"https://help.example.com/{key}",
        "title": title,
        "content_text": "Open the hatch.",
    }


@pytest.fixture
def centre(app):
    """A help centre which the configuration names and allows."""
    there, before = Centre(), config.current_config()
    config.use_config(
        dataclasses.replace(before, help_feed=there.url, private_receivers=frozenset([there.where]))
    )
    yield there
    config.use_config(before)
    there.server.shutdown()
    there.server.server_close()


def well() -> bool:
    return next(one.well for one in findings() if one.name == "help centre")


def test_the_feed_is_read_when_its_time_has_come_and_not_again_when_nothing_changed(centre, at):
    at(START)
    centre.say([entry("a"), entry("b", "")])
    fetching.fetch_when_due()
    fetching.fetch_when_due()
    assert len(centre.asked) == 1 and found("drain") == ["a"] and well()
    known = fetching.state(centre.url)
    assert known.result["added"] == 1 and known.result["fault_count"] == 1
    at(START + timedelta(hours=2))
    fetching.fetch_when_due()
    known = fetching.state(centre.url)
    assert centre.asked[1][1] and known.result["added"] == 1 and known.taken_at == START + timedelta(hours=2)


def test_a_feed_of_pages_is_read_whole_but_never_leaves_its_site(centre, at):
    at(START)
    centre.say([entry("a")], next_url="/2")
    centre.say([entry("b")], path="/2")
    fetching.fetch(centre.url)
    assert sorted(found("drain")) == ["a", "b"]
    centre.say([entry("a"), entry("c")], next_url="https://elsewhere.example.com/2")
    fetching.fetch(centre.url)
    assert "another site" in fetching.state(centre.url).error and sorted(found("drain")) == ["a", "b"]


def test_a_failed_reading_keeps_what_is_there_and_shows(centre, at, client, sign_in, sam):
    at(START)
    centre.say([entry("a")])
    fetching.fetch(centre.url)
    for said in ((500, b""), (200, b"<html>"), (302, b""), (200, b"{" + b" " * 8_000_000)):
        centre.said["/feed"] = said
        fetching.fetch(centre.url)
        assert found("drain") == ["a"] and not well()
    sign_in(sam)
    page = client.get("/en/desk/help-centre").get_data(as_text=True)
    assert "It could not be read." in page and "too large" in page and "Clean the drain filter" in page
    centre.say([entry("a")])
    fetching.fetch(centre.url)
    assert well()


def test_a_feed_inside_the_network_is_not_read_unless_it_is_allowed(centre):
    config.use_config(dataclasses.replace(config.current_config(), private_receivers=frozenset()))
    fetching.fetch(centre.url)
    assert centre.asked == [] and "https" in fetching.state(centre.url).error


def test_a_whole_feed_withdraws_what_it_lacks(centre):
    with settings.override(helpcentre__feed_is_whole=True):
        centre.say([entry("a"), entry("b")])
        fetching.fetch(centre.url)
        centre.say([entry("b")])
        fetching.fetch(centre.url)
    assert found("drain") == ["b"]


# -- the pages --------------------------------------------------------------------------------------------------


def test_articles_stand_in_the_one_result_page_and_lead_outside(client):
    take_in([item(), item("b", title="Le filtre", text="Ouvrez le filtre.", language="fr")], Source.API)
    page = client.get("/en/search?q=filter").get_data(as_text=True)
    assert 'href="https://help.example.com/a1" rel="noopener"' in page and "Help centre" in page
    alone = client.get("/en/search?q=hatch&tab=help").get_data(as_text=True)
    assert "Open the <mark>hatch</mark>" in alone and "leads to help.example.com" in alone
    assert "help.example.com" not in client.get("/en/search?q=zeppelin").get_data(as_text=True)
    assert "help.example.com" not in client.get("/en/search?q=hatch&tab=help&language=fr").get_data(
        as_text=True
    )


def test_who_asks_is_shown_articles_and_that_counts(client, sign_in, ada):
    take_in([item()], Source.API)
    shown = client.get("/en/questions/similar?title=How+to+clean+the+drain+filter").get_data(as_text=True)
    assert 'data-found="1"' in shown and "https://help.example.com/a1" in shown and 'rel="noopener"' in shown
    take_in([{"id": "a1", "withdrawn": True}], Source.API)
    shown = client.get("/en/questions/similar?title=How+to+clean+the+drain+filter").get_data(as_text=True)
    assert 'data-found="0"' in shown


def test_the_desk_page_is_the_teams(client, sign_in, ada, sam):
    take_in([item()], Source.API)
    take_in([{"id": "a1", "withdrawn": True}], Source.API)
    sign_in(ada)
    assert client.get("/en/desk/help-centre").status_code == 403
    sign_in(sam)
    assert "Clean the drain filter" not in client.get("/en/desk/help-centre").get_data(as_text=True)
    assert "Clean the drain filter" in client.get("/fr/desk/help-centre?tab=withdrawn").get_data(as_text=True)
