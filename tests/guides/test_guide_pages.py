"""Pages of guides: what readers see, and what the team writes at the desk."""

from common.db import db
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.content.guides import queries, writing
from forum.content.guides.models import Guide
from forum.products.models import Product
from forum.search import index
from tests.guides.test_guides import BODY, draft, guide  # noqa: F401 - a fixture

FORM = {
    "title": "Descale the coffee machine", "summary": "Every three months.", "body": BODY, "models": "Perco Uno",
    "category_id": "2", "language": "en",
}  # fmt: skip


def text(answer, status=200):
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_a_guide_is_read_listed_and_moved_to_its_right_address(client, guide):  # noqa: F811
    page = text(client.get(f"/en/guides/{guide}/clean-the-drain-filter"))
    assert "Official guide" in page and "Ondea 8, Ondea 9" in page and "Checked on" in page
    assert page.index("Unplug the machine") < page.index("Clean the filter")
    assert client.get(f"/en/guides/{guide}").status_code == 301
    assert "Fiche officielle" in text(client.get(f"/fr/guides/{guide}/clean-the-drain-filter"))
    listed = text(client.get("/en/guides/?category=washing&language=en"))
    assert "Clean the drain filter" in listed
    assert "No guide here yet." in text(client.get("/en/guides/?language=fr"))


def test_a_visitor_says_yes_then_no_without_an_account(client, guide):  # noqa: F811
    said = client.post(f"/en/guides/{guide}/helped", data={"helped": "yes"}, follow_redirects=True)
    assert "You said that it helped you." in text(said) and "It helped 1 person." in text(said)
    said = client.post(
        f"/en/guides/{guide}/helped", data={"helped": "no", "remark": "<b>Where?</b>"}, follow_redirects=True
    )
    assert "You said that it did not help you." in text(said) and "Where?" not in text(said)


def test_the_team_reads_why_it_did_not_help(client, sign_in, sam, guide):  # noqa: F811
    client.post(f"/en/guides/{guide}/helped", data={"helped": "no", "remark": "<b>Where?</b>"})
    assert "&lt;b&gt;Where?&lt;/b&gt;" in text(sign_in(sam).get(f"/en/desk/guides/{guide}"))


def test_drafts_are_unknown_and_withdrawn_guides_are_gone(client, sam, guide):  # noqa: F811
    hidden = writing.write_guide(sam, draft(title="Unfinished, with kumquats"))
    assert client.get(f"/en/guides/{hidden}/x").status_code == 404
    assert "kumquats" not in text(client.get("/en/guides/"))
    writing.withdraw_guide(sam, guide, "old")
    assert client.get(f"/en/guides/{guide}/x").status_code == 410
    assert client.get("/en/guides/99999999999999999999/x").status_code in (404, 410)


def test_the_desk_previews_keeps_publishes_and_confirms(client, sign_in, sam):
    browser = sign_in(sam)
    shown = text(browser.post("/en/desk/guides/new", data=FORM | {"step": "preview"}))
    assert "Preview: nothing is kept yet" in shown and db.session.query(Guide).count() == 0
    kept = browser.post("/en/desk/guides/new", data=FORM | {"step": "publish"})
    assert kept.status_code == 303
    guide_id = db.session.query(Guide.id).scalar()
    assert "Descale the coffee machine" in text(browser.get("/en/desk/guides?tab=published"))
    changed = FORM | {
        "summary": "Every two months.",
        "version": "1",
        "step": "save",
        "reason": "harder water",
    }
    assert browser.post(f"/en/desk/guides/{guide_id}", data=changed).status_code == 303
    conflict = browser.post(f"/en/desk/guides/{guide_id}", data=changed | {"summary": "Every month."})
    assert "Every month." in text(conflict, 409) and "Somebody else changed this guide" in text(conflict, 409)
    assert "harder water" in text(browser.get(f"/en/desk/guides/{guide_id}/versions"))
    assert browser.post(f"/en/desk/guides/{guide_id}/confirm", data={"due": "nonsense"}).status_code == 303
    assert browser.post(f"/en/desk/guides/{guide_id}/confirm", data={"due": "2000-01-01"}).status_code == 422
    assert browser.post(f"/en/desk/guides/{guide_id}/withdraw", data={"reason": ""}).status_code == 422
    assert browser.post(f"/en/desk/guides/{guide_id}/withdraw", data={"reason": "old"}).status_code == 303
    assert browser.post(f"/en/desk/guides/{guide_id}/publish").status_code == 303


def test_what_was_typed_comes_back_with_the_reason(client, sign_in, sam):
    refused = sign_in(sam).post(
        "/en/desk/guides/new", data=FORM | {"title": "short", "body": "My long text, kept."}
    )
    page = text(refused, 422)
    assert "My long text, kept." in page and 'href="#title"' in page


def test_the_desk_is_closed_to_others(client, sign_in, cleo, mo, guide):  # noqa: F811
    for who in (cleo, mo):
        browser = sign_in(who)
        for path in ("/en/desk/guides", "/en/desk/guides/new", f"/en/desk/guides/{guide}"):
            assert browser.get(path).status_code == 403
        assert browser.post("/en/desk/guides/new", data=FORM).status_code == 403


def test_guides_stand_beside_questions_products_and_what_is_asked(client, sam, ada, make_question, guide):  # noqa: F811
    close = make_question(ada, title="How do I clean the drain filter of my machine?")
    far = make_question(ada, title="The coffee is only lukewarm since Monday")
    with unit_of_work():
        db.session.add(Product(key="o8", slug="ondea-8", name="Ondéa 8", category_id=1))
        db.session.add(Product(key="p1", slug="perco", name="Perco", category_id=2))
    link = f"/en/guides/{guide}/clean-the-drain-filter"
    pages = [
        f"/en/questions/{close}",
        "/en/products/ondea-8",
        "/en/questions/similar?title=clean+the+drain+filter",
    ]
    for path in pages:
        assert link in text(client.get(path, follow_redirects=True)), path
    for path in (
        f"/en/questions/{far}",
        "/en/products/perco",
        "/en/questions/similar?title=the+coffee+is+cold",
    ):
        assert link not in text(client.get(path, follow_redirects=True)), path
    writing.withdraw_guide(sam, guide, "old")
    for path in pages:
        assert link not in text(client.get(path, follow_redirects=True)), path


def test_the_search_shows_guides_above_the_questions_and_in_a_tab(client, sam, guide):  # noqa: F811
    index.rebuild()
    assert "Clean the drain <mark>filter</mark>" in text(client.get("/en/search?q=filter&tab=guides"))
    lost = text(client.get("/en/search?q=filter"))
    assert "1 official guide" in lost and "No path here yet." in lost
    assert "No path here yet." in text(client.get("/en/search?q=filter&tab=guides&language=fr"))
    assert "Nobody by that name." in text(client.get("/en/search?q=filter&author=nobody+at+all"))
    writing.withdraw_guide(sam, guide, "old")
    assert "Clean the drain" not in text(client.get("/en/search?q=filter&tab=guides"))


def test_the_desk_writes_a_translation_and_both_pages_and_the_sitemap_name_each_other(
    client,
    sign_in,
    sam,
    guide,  # noqa: F811
):
    desk = sign_in(sam)
    form = text(desk.get(f"/en/desk/guides/new?of={guide}"))
    assert f'name="of" value="{guide}"' in form and "Unplug the machine" in form
    french = {**FORM, "title": "Nettoyer le filtre", "language": "fr", "of": guide, "step": "publish"}
    refused = desk.post("/en/desk/guides/new", data={**french, "language": "en"})
    assert "same language" in text(refused, 422) and "Nettoyer le filtre" in text(refused, 422)
    assert db.session.scalar(db.select(db.func.count(Guide.id))) == 1
    made = desk.post("/en/desk/guides/new", data=french).location.rpartition("/")[2]
    twins = [
        f'hreflang="en" href="http://localhost/en/guides/{guide}/clean-the-drain-filter"',
        f'hreflang="fr" href="http://localhost/fr/guides/{made}/nettoyer-le-filtre"',
    ]
    for address in (f"/en/guides/{guide}/clean-the-drain-filter", f"/fr/guides/{made}/nettoyer-le-filtre"):
        page = text(client.get(address))
        assert (
            all(twin in page for twin in twins)
            and f'rel="canonical" href="http://localhost{address}"' in page
        )
    assert "Nettoyer le filtre</a>" in text(client.get(f"/en/guides/{guide}/clean-the-drain-filter"))
    sitemap = text(client.get("/sitemaps/pages.xml"))
    assert all(sitemap.count(twin) == 2 for twin in twins)
    rows = queries.rows(ANONYMOUS, [guide, int(made)]).values()
    assert [row.id for row in queries.in_one_language(rows, "fr")] == [int(made)]
    assert [row.id for row in queries.in_one_language(rows, "en")] == [guide]
    desk.post(f"/en/desk/guides/{guide}/part")
    assert "Nettoyer le filtre" not in text(client.get(f"/en/guides/{guide}/clean-the-drain-filter"))
    assert "Choose the guide" in text(desk.post(f"/en/desk/guides/{guide}/pair", data={"other": "x"}), 422)
    assert desk.post(f"/en/desk/guides/{guide}/pair", data={"other": made}).status_code == 303
