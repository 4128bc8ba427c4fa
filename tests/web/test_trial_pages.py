"""The pages of trials through a browser: from the team's form to the report, and who is shown what on the way."""

# ruff: noqa: F811 - fixtures are used by name

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import timedelta

import pytest

from common import clock
from common.config import current_config
from common.db import db
from rewards.addresses import keeping
from rewards.addresses.models import AddressOf
from rewards.shop.rules import signature
from rewards.trials import campaigns, lottery
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.rules import Method
from tests.conftest import START
from tests.trials.conftest import (  # noqa: F401 - fixtures
    HOME,
    PLAN,
    chosen,
    form,
    monday,
    open_trial,
    people,
    stage,
    state_of,
    testing,
)

FORM = {
    "title_fr": "Un mois avec le Marmito", "title_en": "A month with the Marmito", "summary_en": "You cook.", "product": "p1",
    "stock": "1", "value": "449,90", "is_kept": "1", "method": "lottery", "min_rank": "2", "countries": ["FR", "BE"],
    "ends_at": "2026-03-12", "answer_at": "2026-03-16", "questions_en": "How many meals?\nWhy you?", "questions_fr": "Combien de repas ?",
    "steps_en": "First impressions", "legal_en": "You say what you think.", "budget_owner_id": "6",
}  # fmt: skip
APPLICATION = {
    "answer0": "Ten.",
    "answer1": "I cook.",
    "country": "FR",
    "adult": "1",
    "outside": "1",
    "consent": "1",
}
ADDRESS = {
    "name": "Ben Martin",
    "line1": "12 rue des Lilas",
    "postcode": "35000",
    "city": "Rennes",
    "country": "FR",
}
REPORT = {
    "rating": "1",
    "first_days": "It burned the soup on the second day already.",
    "disliked": "Everything",
    "checklist": "0",
}


def text_of(response) -> str:
    return response.get_data(as_text=True)


def test_from_the_first_draft_to_the_last_report(client, sign_in, max_, ben, at, app):
    desk, site = "/en/desk/trials", "/en/trials"
    team = sign_in(max_, app.test_client())
    made = team.post(f"{desk}/new", data=FORM)
    assert made.status_code == 303
    number = int(made.location.rpartition("/")[2])
    assert client.get(f"{site}/{number}").status_code == 404, "a draft is the team's"
    assert "449.90" in text_of(team.get(f"{desk}/{number}/edit"))
    assert team.post(f"{desk}/{number}/publish").status_code == 303
    assert team.get(f"{desk}/{number}/edit").status_code == 404

    member = sign_in(ben, client)
    page = text_of(member.get(f"{site}/{number}"))
    assert "A month with the Marmito" in page and "Apply" in page and "€449.90" in page
    centre = text_of(member.get("/en/rewards"))
    assert "Try it before everybody" in centre and "Apply to test it" in centre
    agreed = {"rules_hash": db.session.get(Trial, number).rules_hash}
    kept = member.post(f"{site}/{number}/apply", data={"answer0": "Half", "step": "keep"})
    assert kept.status_code == 303 and "Half" in text_of(member.get(f"{site}/{number}/apply"))
    by_itself = {"answer0": "Half and more", "step": "keep"}
    said = member.post(f"{site}/{number}/apply", data=by_itself, headers={"X-Fragment": "1"})
    assert said.status_code == 204 and "Half and more" in text_of(member.get(f"{site}/{number}/apply"))
    assert member.post(f"{site}/{number}/apply", data=APPLICATION | agreed).status_code == 303
    assert "Your application has arrived" in text_of(member.get(f"{site}/{number}"))
    assert member.get(f"{site}/{number}/address").status_code == 404, "nobody asks where one lives before"
    one = db.session.query(TrialApplication.id).scalar()

    at(START + timedelta(days=11))
    team.post(f"{desk}/{number}/end")
    answers = text_of(team.get(f"{desk}/{number}/answers"))
    assert f"A-{one}" in answers and "Ten." in answers and "Ben" not in answers.partition("<main")[2]
    assert team.post(f"{desk}/{number}/answers", data={f"score{one}": "4"}).status_code == 303
    preview = text_of(team.get(f"{desk}/{number}/selection"))
    digest = re.search(r'name="digest" value="(\w+)"', preview)[1]
    assert "Ben" not in preview.partition("<main")[2]
    assert team.post(f"{desk}/{number}/selection", data={"digest": "another"}).status_code == 409
    assert team.post(f"{desk}/{number}/selection", data={"digest": digest}).status_code == 303
    assert "where shall we send it" in text_of(member.get(f"{site}/{number}"))

    assert member.post(f"{site}/{number}/address", data=ADDRESS | {"postcode": "x"}).status_code == 422
    assert member.post(f"{site}/{number}/address", data=ADDRESS).status_code == 303
    file = team.post(f"{desk}/{number}/addresses.csv")
    assert "12 rue des Lilas" in text_of(file) and file.headers["Cache-Control"] == "no-store"
    team.post(f"{desk}/{number}/handed-over")
    sent = {"file": (io.BytesIO(f"reference,state\nA-{one},delivered\nA-9999,shipped".encode()), "news.csv")}
    assert "no such reference" in text_of(team.post(f"{desk}/{number}/deliveries", data=sent))
    assert "rue des Lilas" not in text_of(team.get(f"{desk}/{number}/shipping"))

    assert "You are testing" in text_of(member.get(f"{site}/{number}"))
    assert member.post(f"{site}/{number}/extend").status_code == 303
    wrong = member.post(f"{site}/{number}/report", data=REPORT | {"rating": ""})
    assert wrong.status_code == 422 and "It burned the soup" in text_of(wrong)
    assert member.post(f"{site}/{number}/report", data=REPORT).status_code == 303
    assert "It burned the soup" in text_of(team.get(f"{desk}/{number}/reports"))
    assert team.post(f"{desk}/{number}/reports/{one}", data={"act": "more", "note": ""}).status_code == 422
    assert team.post(f"{desk}/{number}/reports/{one}", data={"act": "accept"}).status_code == 303
    assert state_of(one) == "accepted" and stage(number) == "closing"
    assert "It burned the soup" not in text_of(team.get(f"{desk}/{number}/reports"))
    own = text_of(member.get(f"{site}/{number}"))
    assert "It burned the soup" in own and "Write a public review" in own
    assert "It burned the soup" not in text_of(app.test_client().get(f"{site}/{number}"))
    every = text_of(team.get(f"{desk}/{number}/reports?all=1"))
    assert "It burned the soup" in every and "It was fraud" in every, "the team reads it afterwards too"
    team.post(f"{desk}/{number}/close")
    assert "finished" in text_of(client.get(f"{site}/?tab=over"))
    fraud = {"act": "annul", "note": "It shows another product"}
    assert team.post(f"{desk}/{number}/reports/{one}?all=1", data=fraud).status_code == 303
    assert "was taken back" in text_of(member.get(f"{site}/{number}"))


def test_the_draw_can_be_rechecked_from_its_page_alone(client, chosen):
    trial_id, _crowd = chosen(5)
    page = text_of(client.get(f"/en/trials/{trial_id}/draw"))
    shown = re.findall(r"<code>([^<]+)</code>", page)
    committed, frozen, seed = shown[:3]
    assert hashlib.sha256(seed.encode()).hexdigest() == committed
    rows = text_of(client.get(f"/en/trials/{trial_id}/draw.csv")).split()[1:]
    labels = [row.split(",")[1] for row in rows]
    assert lottery.list_hash(labels) == frozen and lottery.order(seed, labels) == labels
    assert "Crowd" not in page


def test_before_the_result_neither_seed_nor_order_is_shown(client, open_trial, max_):
    from rewards.trials.selecting import seed_of

    trial_id = open_trial()
    for step in range(2):
        page = text_of(client.get(f"/en/trials/{trial_id}/draw"))
        trial = db.session.get(Trial, trial_id)
        assert trial.commitment in page and seed_of(trial) not in page
        if not step:
            campaigns.end_applications(max_, trial_id, "enough")


def test_who_cannot_apply_reads_every_line_that_fails(client, sign_in, ada, open_trial):
    trial_id = open_trial()
    page = text_of(sign_in(ada, client).get(f"/en/trials/{trial_id}"))
    assert (
        "You cannot apply for the moment" in page
        and "not met" in page
        and 'href="/en/trials/1/apply"' not in page
    )
    refused = client.post(
        f"/en/trials/{trial_id}/apply",
        data=APPLICATION | {"rules_hash": db.session.get(Trial, trial_id).rules_hash},
    )
    assert refused.status_code == 403 and "Ten." in text_of(refused), "what was typed is there"


def test_strangers_see_no_part_of_anybody(client, sign_in, chosen, cleo, app):
    trial_id, _crowd = chosen(3)
    for browser in (app.test_client(), sign_in(cleo, client)):
        page = text_of(browser.get(f"/en/trials/{trial_id}"))
        read = re.sub(r"<[^>]*>", " ", page)  # not what attributes hold: a token may say anything
        assert "Crowd" not in page and not re.search(r"\bA-\d", read)
        for place in ("address", "report"):
            assert browser.get(f"/en/trials/{trial_id}/{place}").status_code in (303, 404)


@pytest.mark.parametrize("who", ["ada", "mo", "sam", "nobody"])
def test_the_desk_is_for_those_who_run_trials(client, sign_in, chosen, who, request):
    trial_id, _crowd = chosen(1)
    if who != "nobody":
        sign_in(request.getfixturevalue(who), client)
    wanted = 303 if who == "nobody" else 403
    for place in (
        "",
        "new",
        f"{trial_id}",
        f"{trial_id}/answers",
        f"{trial_id}/selection",
        f"{trial_id}/shipping",
        f"{trial_id}/reports",
    ):
        assert client.get(f"/en/desk/trials/{place}").status_code == wanted, place
    for place in (
        "new",
        f"{trial_id}/addresses.csv",
        f"{trial_id}/handed-over",
        f"{trial_id}/close",
        f"{trial_id}/answers",
    ):
        assert client.post(f"/en/desk/trials/{place}").status_code == 403, place


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stock", "-1"), ("stock", "a"), ("stock", "9" * 30), ("value", "1e9"), ("value", "12.345"), ("product", "nothing such"),
        ("ends_at", "tomorrow"), ("ends_at", "9999-12-31"), ("min_rank", "7"), ("method", "by beauty"), ("title_fr", "x" * 101),
        ("questions_en", "a\n" * 6), ("steps_fr", "x" * 201), ("budget_owner_id", "1"), ("question_id", "0"), ("question_id", "99999"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_read_is_given_back(client, sign_in, max_, field, value):
    answer = sign_in(max_, client).post("/en/desk/trials/new", data=FORM | {field: value})
    assert answer.status_code == 422 and "A month with the Marmito" in text_of(answer)
    assert db.session.query(Trial.id).first() is None


def test_publishing_says_what_is_missing(client, sign_in, max_):
    sign_in(max_, client)
    made = client.post("/en/desk/trials/new", data=FORM | {"legal_en": "", "ends_at": ""})
    answer = client.post(f"{made.location}/publish")
    assert answer.status_code == 422 and "Write the rules" in text_of(answer)


def test_pictures_of_a_report_are_kept_through_a_refusal(client, sign_in, testing, app):
    from PIL import Image

    trial_id, crowd = testing(1)
    sign_in(next(iter(crowd.values())), client)
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    sent = REPORT | {"rating": "", "pictures": (io.BytesIO(out.getvalue()), "soup.png")}
    page = text_of(client.post(f"/en/trials/{trial_id}/report", data=sent))
    key = re.search(r'name="photo" value="([^"]+)"', page)[1]
    assert client.post(f"/en/trials/{trial_id}/report", data=REPORT | {"photo": key}).status_code == 303
    assert key in text_of(client.get(f"/en/trials/{trial_id}/report"))
    broken = {**REPORT, "pictures": (io.BytesIO(b"no picture"), "soup.png")}
    assert client.post(f"/en/trials/{trial_id}/report", data=broken).status_code == 422


def test_the_carrier_signs_or_is_refused(client, chosen, max_, monkeypatch):
    from rewards.trials.sending import addresses

    trial_id, crowd = chosen(1)
    one, who = next(iter(crowd.items()))
    addresses.give(who, trial_id, HOME)
    body = json.dumps({"deliveries": [{"reference": f"A-{one}", "state": "delivered"}]}).encode()
    stamp, secret = str(int(clock.now().timestamp())), "a secret of the carrier, long enough"
    headers = {"X-Fourmi-Timestamp": stamp, "X-Fourmi-Signature": signature(secret, stamp, body)}
    door = "/api/v1/trial-deliveries"
    assert client.post(door, data=body, headers=headers).status_code == 404, "no secret, no door"
    object.__setattr__(current_config(), "carrier_secrets", (secret,))
    try:
        assert client.post(door, data=body + b" ", headers=headers).status_code == 403
        assert client.post(door, data=body).status_code == 403
        assert client.post(door, data=body, headers=headers).json["deliveries"][0]["outcome"] == "done"
        assert client.post(door, data=body, headers=headers).json["deliveries"][0]["outcome"] == "known"
    finally:
        object.__setattr__(current_config(), "carrier_secrets", ())
    assert state_of(one) == "delivered" and keeping.opened(AddressOf.TRIAL, [one])


def test_a_page_takes_as_many_statements_with_many_applicants(
    client, sign_in, ben, open_trial, count_queries
):
    from rewards.trials import applying

    trial_id = open_trial()
    sign_in(ben, client)
    address = f"/en/trials/{trial_id}"
    client.get(address)
    with count_queries() as few:
        client.get(address)
    for who in people(12):
        applying.apply(who, trial_id, form(trial_id))
    with count_queries() as many:
        client.get(address)
    assert len(many) <= len(few) <= 18


def test_the_home_page_shows_the_open_trial(client, open_trial, make_question, ada):
    make_question(ada)
    assert "A month with the Marmito" not in text_of(client.get("/en/"))
    open_trial()
    clock.travel(timedelta(minutes=2))
    assert "A month with the Marmito" in text_of(client.get("/en/"))


def test_both_languages_show_their_own_texts(client, open_trial):
    trial_id = open_trial(method=Method.MIXED, summary_en="")
    french, english = (text_of(client.get(f"/{code}/trials/{trial_id}")) for code in ("fr", "en"))
    assert "Un mois avec le Marmito" in french and "A month with the Marmito" in english
    assert "Vous cuisinez." in english, "the other language rather than nothing"
    assert PLAN.legal_fr in french
