"""The main job in Chromium: by keyboard alone, without scripts, and what scripts add when they are there."""

from __future__ import annotations

import re
from typing import Any

import pytest

TITLE = "My kettle switches off before the water boils"
STORY = "Since this morning it clicks after a minute. I already descaled it and tried another socket."


def reach(page: Any, wanted: str, most: int = 120) -> None:
    """Press Tab until the wanted element has the focus; a person without a mouse has no other way."""
    for _step in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement?.matches(s) ?? false", wanted):
            return
    pytest.fail(f"the keyboard never reaches {wanted}")


def ask(page: Any, site: Any, title: str) -> str:
    """Ask a question with the keyboard; returns its address."""
    page.goto(site.url("/en/"))
    reach(page, "a.skip")
    reach(page, "a[href$='/questions/ask']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/ask*")
    reach(page, "[name=title]")
    page.keyboard.type(title)
    reach(page, "#category_id summary")
    if not page.locator("#category_id[open]").count():  # a category was guessed, and may be changed
        page.keyboard.press("Enter")
    reach(page, "[name=category_id]")
    page.keyboard.press("Space")
    reach(page, "textarea[name=body]")
    page.keyboard.type(STORY)
    reach(page, "button[value=publish]")
    page.keyboard.press("Enter")
    return _thread_of(page)


def _thread_of(page: Any) -> str:
    """The thread's address, from the page that thanks for the question."""
    page.wait_for_url(re.compile(r"/questions/(sent/)?\d+"))
    return "/en/questions/" + re.search(r"/questions/(?:sent/)?(\d+)", page.url).group(1)  # type: ignore[union-attr]


def test_ask_answer_and_accept_with_the_keyboard_alone(site, visit):
    asking = visit(who="ben")
    thread = ask(asking, site, TITLE)

    answering = visit(thread, who="cleo")
    reach(answering, "#repondre textarea")
    answering.keyboard.type("Hold the lid down while it heats: the switch sits in the hinge.")
    reach(answering, "#repondre button.primary")
    answering.keyboard.press("Enter")
    answering.wait_for_load_state()
    answering.get_by_text("the switch sits in the hinge").first.wait_for()

    accepting = visit(thread, who="ben")
    reach(accepting, "button[formaction*='/accept']", 160)
    accepting.keyboard.press("Enter")
    accepting.locator("article.accepted").wait_for()
    assert "the switch sits in the hinge" in accepting.locator("article.accepted").inner_text()
    assert asking.watch.faults == [] and answering.watch.faults == [] and accepting.watch.faults == []


def test_ask_and_answer_on_a_phone_and_accept_from_the_mail(site, visit):
    asking = visit("/en/questions/ask", who="cleo", width=390, has_touch=True, is_mobile=True)
    asking.fill("[name=title]", "The iron leaves brown drops on white shirts")
    asking.locator("#category_id[open]").wait_for()  # nothing could be guessed
    asking.locator("label:has([name=category_id])").first.tap()
    asking.fill("textarea[name=body]", STORY)
    asking.locator("button[value=publish]").tap()
    thread = _thread_of(asking)

    helping = visit(thread, who="ben", width=390, has_touch=True, is_mobile=True)
    helping.fill("#repondre textarea", "Empty the tank after each use: it is rust of the water that stays.")
    helping.locator("#repondre button.primary").tap()
    helping.get_by_text("rust of the water").first.wait_for()

    receiver, *links = site.later(days=3, subject="Is it solved?")
    assert "cleo@example.com" in receiver and "Is it solved?" in receiver
    yes = next(link for link in links if link.endswith("say=yes"))
    mail = visit(width=390, has_touch=True, is_mobile=True)  # the mail is read where nobody is signed in
    mail.goto(site.address + "/en/" + yes.partition("/en/")[2])
    before = visit(thread)
    assert not before.locator("article.accepted").count(), (
        "looking at the page behind the mail changes nothing"
    )
    mail.locator("button[value=yes]").tap()
    mail.get_by_role("heading", name="Thank you").wait_for()  # the only answer is the solution then
    before.goto(site.url(thread))
    assert "rust of the water" in before.locator("article.accepted").inner_text()
    assert [page.watch.faults for page in (asking, helping, mail, before)] == [[], [], [], []]


def test_ask_answer_and_accept_without_scripts(site, visit):
    page = visit("/en/questions/ask", who="cleo", java_script_enabled=False)
    page.fill("[name=title]", "The toaster hums although it is switched off")
    page.check("[name=category_id] >> nth=0", force=True)
    page.fill("textarea[name=body]", STORY)
    page.click("button[value=publish]")
    thread = _thread_of(page)

    helper = visit(thread, who="ben", java_script_enabled=False)
    helper.fill("#repondre textarea", "That is the transformer of the display; it is harmless.")
    helper.click("#repondre button.primary")
    assert "it is harmless" in helper.inner_text("main")

    page.goto(site.url(thread))
    page.click("button[formaction*='/accept']")
    assert "it is harmless" in page.inner_text("article.accepted")
    page.click("article.accepted button[formaction*='/kudos']")
    assert page.get_attribute("article.accepted button[formaction*='/kudos']", "aria-pressed") == "true"
    page.click("article.accepted button[formaction*='/kudos']")
    assert page.get_attribute("article.accepted button[formaction*='/kudos']", "aria-pressed") == "false"


def test_a_thumbs_up_changes_the_card_in_place_and_keeps_the_focus(site, visit):
    path, _who = site.page("question")
    page = visit(path, who="mo")
    button = page.locator("article:not(.q) button[formaction$='/kudos']").last
    button.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    page.evaluate("window.stayed = true")
    action = button.get_attribute("formaction")
    button.click()
    pressed = page.locator(f"button[formaction='{action}'][aria-pressed=true]")
    pressed.wait_for()
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.activeElement.getAttribute('formaction')") == action
    pressed.click()
    page.locator(f"button[formaction='{action}'][aria-pressed=false]").wait_for()
    assert page.watch.faults == []


def test_similar_questions_appear_while_typing(site, visit):
    page = visit("/en/questions/ask", who="ada")
    page.wait_for_load_state("networkidle")
    page.locator("[name=title]").press_sequentially("Drum stays full of water", delay=5)
    page.locator("[data-suggestions] details").first.wait_for(timeout=15000)
    assert "drum stays full" in page.inner_text("[data-suggestions]").lower()
    assert page.watch.faults == []


def test_the_toolbar_keys_preview_and_counter(site, visit):
    page = visit("/en/questions/ask", who="ada")
    page.wait_for_load_state("networkidle")
    area = page.locator("textarea[name=body]")
    area.fill("boil")
    area.press("Control+a")
    area.press("Control+b")
    assert area.input_value() == "**boil**"
    page.click("[data-mark=preview]")
    page.locator("[data-preview-pane] strong").wait_for()
    page.click("[data-mark=preview]")
    area.fill("x" * 17000)
    assert "17,000" in page.inner_text("[data-counter]")
    assert page.watch.faults == []


def test_an_at_sign_offers_those_who_take_part(site, visit):
    path, _who = site.page("question of its author")
    page = visit(path, who="ada")
    page.wait_for_load_state("networkidle")
    area = page.locator("#repondre textarea")
    area.press_sequentially("Thank you @cl")
    page.get_by_role("option", name="Cleo").wait_for()
    area.press("Enter")
    assert area.input_value() == "Thank you @cleo "
    assert page.watch.faults == []


def test_a_text_survives_closing_the_page(site, visit):
    path, _who = site.page("unanswered question")
    page = visit(path, who="cleo")
    page.wait_for_load_state("networkidle")
    page.fill("#repondre textarea", "Half an answer, then the train came.")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.goto(site.url("/en/"))
    page.goto(site.url(path))
    page.wait_for_load_state("networkidle")
    if page.input_value("#repondre textarea") == "":
        page.click(".restore button.primary")
    assert page.input_value("#repondre textarea") == "Half an answer, then the train came."


def test_private_details_are_noticed_and_masked_with_one_click(site, visit):
    page = visit("/en/questions/ask", who="ada")
    page.wait_for_load_state("networkidle")
    page.fill("textarea[name=body]", "Write to me at ada@example.com please")
    page.locator("textarea[name=body]").blur()
    page.click(".notice.sun .linkbtn")
    assert page.input_value("textarea[name=body]") == "Write to me at [e-mail address masked] please"


def test_a_form_with_faults_says_so_and_takes_the_focus(site, visit):
    page = visit("/en/questions/ask", who="ada")
    page.click("button[value=publish]")
    page.locator("[data-focus]").wait_for()
    assert page.evaluate("document.activeElement.matches('[data-focus]')")
    link = page.locator("[data-focus] a").first
    assert page.locator(link.get_attribute("href")).count() == 1


def test_the_search_key_and_the_skip_link(site, visit):
    page = visit("/en/questions/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.goto(site.url("/en/questions/"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#contenu")


def test_an_item_of_the_queue_is_decided_with_two_keys(site, visit):
    path, who = site.page("moderation queue")
    page = visit(path, who=who)
    rows = page.locator("[data-list] > li")
    if rows.count() == 0:
        pytest.skip("nothing waits in the queue")
    page.wait_for_load_state("networkidle")
    before = rows.count()
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    assert page.locator("[data-bulk]").is_visible()
    page.keyboard.press("x")
    assert not page.locator("[data-bulk]").is_visible()
    page.keyboard.press("a")
    page.wait_for_function("(n) => document.querySelectorAll('[data-list] > li').length < n", arg=before)
    page.keyboard.press("z")
    page.wait_for_function("(n) => document.querySelectorAll('[data-list] > li').length === n", arg=before)
    assert page.watch.faults == []
