"""The community on a phone: installed under the brand's name, offline without anything private, shared into without loss."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from PIL import Image

from forum.drafts.drafting import load_draft, save_draft
from forum.questions.forms import AskForm
from forum.webapp.sharing import Shared, added, read_shared
from tests.conftest import all_rows


@pytest.mark.parametrize(("language", "ask"), [("fr", "Poser une question"), ("en", "Ask a question")])
def test_the_manifest_speaks_the_language_and_names_the_brand(client, settings_override, language, ask):
    with settings_override(
        brand__community="Le Refuge", brand__name="Altiva", brand__colours={"--brand-deep": "#123"}
    ):
        response = client.get(f"/{language}/manifest.webmanifest")
    told = response.get_json(force=True)
    assert response.mimetype == "application/manifest+json" and "public" in response.headers["Cache-Control"]
    assert told["name"] == "Le Refuge Altiva" and told["short_name"] == "Le Refuge"
    assert (told["id"], told["scope"], told["start_url"]) == ("/", "/", f"/{language}/")
    assert (
        told["lang"] == language and told["shortcuts"][0]["name"] == ask and told["theme_color"] == "#112233"
    )
    assert told["share_target"]["method"] == "GET"
    for address in [
        told["start_url"],
        told["share_target"]["action"],
        *(one["url"] for one in told["shortcuts"]),
    ]:
        assert client.get(address).status_code in (200, 303)
    assert {(icon["sizes"], icon["purpose"]) for icon in told["icons"]} == {
        ("192x192", "any"), ("512x512", "any"), ("192x192", "maskable"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in told["icons"]:
        response = client.get(icon["src"])
        assert "immutable" in response.headers["Cache-Control"]
        assert "x".join(map(str, Image.open(io.BytesIO(response.data)).size)) == icon["sizes"]


def test_icons_follow_the_brands_colour_and_only_a_colour(client, settings_override):
    addresses = set()
    for given, seen in (("#AA0010", (170, 0, 16)), ("red; x", (15, 92, 99)), ("#0a5", (0, 170, 85))):
        with settings_override(brand__colours={"--brand": given}):
            page = client.get("/en/sign-in").get_data(as_text=True)
            address = re.search(r'rel="apple-touch-icon" href="([^"]+)"', page).group(1)
            picture = Image.open(io.BytesIO(client.get(address).data)).convert("RGB")
        addresses.add(address)
        assert picture.size == (180, 180) and picture.getpixel((2, 2)) == seen
    assert len(addresses) == 3
    assert client.get("/static/app-icon/x/none.png").status_code == 404


def test_every_page_offers_the_app_and_the_worker(client, sign_in, mo):
    sign_in(mo)
    for path in ("/fr/", "/en/desk/review"):
        page = client.get(path, follow_redirects=True).get_data(as_text=True)
        assert f'rel="manifest" href="{path[:3]}/manifest.webmanifest" data-worker="/sw.js"' in page


def test_the_worker_serves_the_whole_site_and_is_asked_for_anew(client):
    response = client.get("/sw.js")
    assert response.mimetype == "text/javascript" and "no-cache" in response.headers["Cache-Control"]
    again = client.get("/sw.js", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_everything_the_worker_keeps_is_there_and_the_same_for_all(app, client, sign_in, ada):
    script = client.get("/sw.js").get_data(as_text=True)
    files = re.findall(r'"(/[^"]+)"', re.search(r"const FILES = (\[.*?\]);", script).group(1))
    assert {"/fr/offline", "/en/offline"} < set(files) and len(files) > 8
    member = sign_in(ada, app.test_client())
    for path in files:
        with client.get(path) as mine, member.get(path) as theirs:
            assert mine.status_code == 200 and "public" in mine.headers["Cache-Control"], path
            assert mine.data == theirs.data, path
    page = client.get("/fr/offline").get_data(as_text=True)
    loaded = re.findall(r'(?:src|href)="(/static/[^"#]+)', page)
    assert set(loaded) - {path for path in loaded if "app-icon/" in path} <= set(files)


def test_the_edition_changes_with_the_brand(client, settings_override):
    edition = re.compile(r'EDITION = "(\w+)"')
    before = edition.search(client.get("/sw.js").get_data(as_text=True)).group(1)
    with settings_override(brand__community="Le Refuge"):
        after = edition.search(client.get("/sw.js").get_data(as_text=True)).group(1)
    assert before != after


def test_turned_off_the_worker_takes_itself_and_what_it_kept_away(client, settings_override):
    with settings_override(phone__offline=False):
        script = client.get("/sw.js").get_data(as_text=True)
        assert "unregister()" in script and "caches.delete" in script and "respondWith" not in script
        assert "data-worker" not in client.get("/en/sign-in").get_data(as_text=True)


# --- sharing ------------------------------------------------------------------------------------------------------


def field(page: str, name: str) -> str:
    """What stands in a field of the ask form."""
    found = re.search(rf'<input[^>]*name="{name}" value="([^"]*)"', page) or re.search(
        rf'<textarea[^>]*name="{name}"[^>]*>\n?([^<]*)</textarea>', page
    )
    return unescape(found.group(1))


def test_what_is_shared_stands_in_the_ask_form(client):
    shared = {"title": "E18 on the display", "text": "Look at this", "url": "https://example.com/a?b=1&c=2"}
    page = client.get("/en/share", query_string=shared).get_data(as_text=True)
    assert field(page, "title") == "E18 on the display"
    assert field(page, "body") == "Look at this\n\nhttps://example.com/a?b=1&c=2"


def test_a_kept_draft_goes_before_what_is_shared_and_nothing_is_stored(client, sign_in, ada):
    sign_in(ada)
    save_draft(ada, "ask", title="My own title", body="What I was writing.")
    client.get("/en/")
    before = all_rows()
    page = client.get("/en/share", query_string={"title": "Theirs", "text": "Shared words"}).get_data(
        as_text=True
    )
    assert field(page, "title") == "My own title"
    assert field(page, "body") == "What I was writing.\n\nTheirs\n\nShared words"
    assert 'data-shared="Theirs' in page
    assert all_rows() == before and load_draft(ada, "ask").body == "What I was writing."


def test_nothing_that_is_shared_gets_lost():
    long = "x" * 400
    assert added(AskForm(), read_shared({"title": long, "text": "t"}))[0].body == f"{long}\n\nt"
    assert (
        read_shared({"title": "same", "text": "same", "url": "https://a.example"}).words
        == "https://a.example"
    )
    assert (
        read_shared({"text": "see https://a.example", "url": "https://a.example"}).words
        == "see https://a.example"
    )
    form, words = added(AskForm(title="T", body="B\n\nagain"), Shared("", "again"))
    assert (form.body, words) == ("B\n\nagain", "")
    assert len(read_shared({"text": "y" * 90_000}).words) == 30_000


@pytest.mark.parametrize("hostile", ["\x00\u202e", '"><script>alert(1)</script>', "😀" * 3000, "%s {{7*7}}"])
def test_hostile_shares_are_only_text(client, hostile):
    response = client.get("/en/share", query_string=dict.fromkeys(("title", "text", "url"), hostile))
    assert response.status_code == 200 and "<script>alert" not in response.get_data(as_text=True)
