"""A community with something on every page, served on a free port for the browser tests.

``python -m tests.browser.serve FOLDER`` builds a database in FOLDER where there is none, writes ``FOLDER/site.json``
(address, cookies of the cast, addresses of the pages) and serves until it is ended; ``… FOLDER build`` only builds, so
that each process of the suite serves a copy of one folder. A process of its own, so that the suite's own application
stays untouched. What a package does not offer (yet) is left out of the pages.
"""

from __future__ import annotations

import dataclasses
import json
import secrets
import socket
import sys
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, redirect, url_for
from joserfc import jwt
from joserfc.jwk import OctKey
from werkzeug.serving import make_server

from accounts.notifications.models import AlertChoice
from app import create_app
from common import clock, i18n, jobs, settings
from common.config import current_config
from common.db import db
from common.errors import Refusal
from common.unit_of_work import unit_of_work
from tests.accounts import saml_house
from tests.conftest import CAST, IDS, START, _write_cast, _write_noise, actor_named, test_config

TITLES = (
    ("The drum stays full of water and the display shows E18", 1, "en"),
    ("Filtre de la cafetière : quel modèle quand l’eau est très calcaire ?", 2, "fr"),
    ("Coffee is lukewarm since the last descaling", 2, "en"),
    ("Bruit de claquement au démarrage de l’essorage, tambour vide", 1, "fr"),
    ("Door stays locked forty minutes after the end of the programme", 1, "en"),
    ("Odeur d’égout malgré le nettoyage du filtre", 1, "fr"),
    ("Programme of 15 minutes takes 41: is this normal?", 1, "en"),
    ("Le voyant sel reste allumé après le remplissage", 1, "fr"),
    ("Where is the serial number when the label is worn off?", 1, "en"),
    ("Question nobody has answered yet about the delayed start", 1, "en"),
)
BODY = """Since yesterday it stops **eight minutes** before the end. What I tried:

1. switch it off for ten minutes
2. the draining programme

> The manual says to call the service.

Is it the pump, or only something that blocks it?"""
ANSWER = """Nine times out of ten it is the filter, and it takes a quarter of an hour without a tool:

1. **Unplug** the machine and close the tap.
2. Open the hatch at the bottom right and let the water out.
3. Unscrew the filter slowly and look for a coin or a hair slide.

Then run *spin only*: the code goes away. More in [the guide](https://example.com/guide)."""


SHOP = {
    "name": "shop", "label": "My shop account", "kind": "ticket", "issuer": "https://shop.example.com",
    "key": "a key of the browser tests, long enough for it", "sign_in_url": "https://shop.example.com/in",
}  # fmt: skip


def application(folder: Path, port: int) -> Flask:
    """The community of a folder, ready to be served."""
    app = create_app(
        dataclasses.replace(
            test_config(folder),
            single_sign_on=json.dumps([SHOP, saml_house.entry()]),
            reply_address="reply@community.example.com",
            base_url=f"http://localhost:{port}",
        )
    )
    app.register_blueprint(coming_from_elsewhere())
    return app


def build(folder: Path) -> None:
    """Schema, members and threads; ``built.json`` has what the tests need to know of them."""
    app = application(folder, 8000)
    with app.app_context():
        db.create_all()
        clock.travel(START)
        with unit_of_work():
            _write_cast()
            _write_noise()  # members of whom a few have a part in the desk
            _live_where_it_is_day()
        clock.reset()
        i18n.set_language("en")
        names: dict[str, Any] = {}
        with settings.override(forum__ask_gap=0, forum__reply_gap=0, forum__ask_day=1000):
            _seed(names)
        jobs.run_due_jobs()
        names["cookies"] = {name: cookie_of(app, name) for name in CAST}
        names["cookies"]["waiting"] = _second_factors(app)
    with app.test_request_context("/en/"):
        names["pages"] = addresses(app, names)
        names["everything"] = everything(app, names)
    with app.app_context():
        db.engine.dispose()
    (folder / "built.json").write_text(json.dumps(names))


def _live_where_it_is_day() -> None:
    """Mails wait for the morning at night: the cast lives where it is afternoon when the tests run."""
    zones = (
        "Pacific/Auckland", "Asia/Tokyo", "Asia/Kolkata", "Europe/Paris", "America/Sao_Paulo", "America/Los_Angeles",
        "Pacific/Honolulu",
    )  # fmt: skip
    hours = {zone: datetime.now(ZoneInfo(zone)).hour for zone in zones}
    zone = min(zones, key=lambda one: abs(hours[one] - 16))
    db.session.add_all(AlertChoice(member_id=IDS[name], time_zone=zone) for name in CAST)


def cookie_of(app: Flask, name: str) -> str:
    """A signed session cookie of one of the cast."""
    from accounts.signin.sessions import Origin, begin

    with unit_of_work():
        secret = begin(IDS[name], Origin("127.0.0.1", "browser tests"))
    return app.session_interface.get_signing_serializer(app).dumps({"_user_id": secret, "_permanent": True})  # type: ignore[attr-defined]


def _second_factors(app: Flask) -> str:
    """Ben sets one up and has a passkey, cleo has one; returns the cookie of a browser that still owes her code."""
    from accounts.passkeys import adding
    from accounts.secondfactor import admitting, queries, rules, switching
    from accounts.signin.sessions import Origin
    from tests.accounts.authenticator import Device

    here = Origin("127.0.0.1", "browser tests")
    for name in ("ben", "cleo"):
        switching.begin(actor_named(name))
    device, ben = Device(origin=current_config().base_url), actor_named("ben")
    made = device.make(adding.ask(ben, 0, "", "a browser", here))
    adding.add(ben, 0, made, "The phone in my pocket", "Firefox", "a browser", here)
    secret = queries.standing_of(IDS["cleo"]).secret or ""
    switching.confirm(actor_named("cleo"), rules.code_of(secret, rules.step_at(clock.now())), "", here)
    with settings.override(accounts__second_factor_minutes=120), unit_of_work():
        waiting = admitting.admit(IDS["cleo"], here)
    return app.session_interface.get_signing_serializer(app).dumps({"waiting": waiting})  # type: ignore[attr-defined]


def coming_from_elsewhere() -> Blueprint:
    """Two doors that only this server has: a customer whom the shop sends with a fresh ticket, and one whose account of
    the shop waits for its owner. What they lead to is good for minutes, so it is made when somebody comes."""
    from accounts.signin.sessions import Origin
    from accounts.singlesignon import arriving, rules
    from accounts.singlesignon.asking import Answer
    from accounts.singlesignon.routes import CLAIM, _keep
    from common.web import localized

    doors = localized("elsewhere", __name__)

    @doors.get("/from-the-shop")
    def ticket() -> Any:
        moment = int(clock.now().timestamp())
        said = {
            "iss": SHOP["issuer"],
            "aud": current_config().base_url,
            "sub": "c-1",
            "iat": moment,
            "exp": moment + 240,
        }
        said |= {"jti": secrets.token_hex(8), "name": "Walter Dupont", "email": "walter@example.com"}
        said |= {"email_verified": True, "locale": i18n.language()}
        token = jwt.encode({"alg": "HS256"}, said, OctKey.import_key(SHOP["key"]))
        return redirect(url_for("singlesignon_back.arrive", name="shop", token=token), 303)

    @doors.get("/with-an-account-of-the-shop")
    def connect() -> Any:
        subject = secrets.token_hex(8)
        told = rules.Told("shop", SHOP["issuer"], subject, "ada@example.com", "Ada", i18n.language())
        arrival = arriving.arrive(Answer(told, subject), Origin("127.0.0.1", "browser tests"))
        return _keep(redirect(url_for("singlesignon.connect"), 303), CLAIM, arrival.claim)

    return doors


def _seed(names: dict[str, Any]) -> None:
    from forum.claims.claiming import claim_answering
    from forum.invitations.inviting import invite
    from forum.questions.answering import answer_question
    from forum.questions.asking import ask_question
    from forum.questions.commenting import comment_on
    from forum.reactions.voting import give_kudos, me_too
    from forum.solutions.accepting import accept_answer
    from forum.suggestions.suggesting import suggest_edit

    ada, ben, cleo, sam, new = (actor_named(name) for name in ("ada", "ben", "cleo", "sam", "new"))
    _sell_something()
    ids = []
    for number, (title, category, language) in enumerate(TITLES):
        clock.travel(START + timedelta(days=2, minutes=30 * number))
        ids.append(ask_question(ada, title=title, body=BODY, category_id=category, language=language).id)
    first = ids[0]
    answers = [answer_question(who, first, body=f"{ANSWER}\n\n{who.display_name}.").id for who in (ben, cleo)]
    answers.append(
        answer_question(sam, first, body=f"{ANSWER} The pump has a five-year guarantee.", official=True).id
    )
    for number in range(6):
        clock.travel(START + timedelta(days=3, minutes=20 * number))
        answers.append(
            answer_question(
                cleo, first, body=f"Another way, number {number}: check the hose behind the sink."
            ).id
        )
    comment_on(ada, answers[0], body="A hair slide and a coin: it runs again, thank you.")
    give_kudos(cleo, answers[0])
    _vote_in_a_circle(answers)
    _try_another_table()
    _offer_a_mandate()
    _entrust_a_part()
    _accompany()
    _talk_in_the_lounge()
    _ask_the_mentors()
    _propose_a_guide()
    me_too(cleo, first)
    accept_answer(ada, first, answers[0])
    for question in ids[1:6]:
        answer_question(ben, question, body=ANSWER)
    names.update(question=first, answer=answers[0], open_question=ids[9])
    suggest_edit(
        ben,
        answers[1],
        version=1,
        body=ANSWER + " A towel under it keeps the floor dry.",
        reason="The floor gets wet",
    )
    invite(ada, ids[9], "Ben")
    claim_answering(cleo, ids[9])
    with suppress(Refusal, ImportError):
        held = ask_question(
            new,
            title="I found a cheap filter in this shop",
            body="See https://filters.example/a https://filters.example/b https://filters.example/c",
            category_id=1,
        )
        names["held"] = held.id
    _follow(ada, ben)
    _flag(names)
    _outside(names)
    clock.travel(START + timedelta(days=9))
    jobs.run_due_jobs()
    with suppress(Exception):
        jobs.run_due_periodics()
    jobs.run_due_jobs()  # the night's counts
    clock.reset()
    _slips(names)
    names["pictured"] = _send_a_picture()
    names["fresh"] = ask_question(ada, title="How do I clean the steam nozzle?", body=BODY, category_id=2).id
    clock.travel(START + timedelta(days=11))
    whose = ask_question(
        actor_named("ben"), title="Sell what I inherited", body=BODY, category_id=3, unnamed=True
    )
    names["masked"] = whose.id
    clock.reset()
    _silence(names)
    _write_a_guide(names)
    _write_messages()
    _listen()
    _break_something(names)
    _offer_a_discount()
    _try_something_out()
    _say_what_they_think()
    jobs.run_due_jobs()


def _try_something_out() -> None:
    """A campaign that takes applications, and one whose testers have the product; a report and an excuse wait."""
    from rewards.trials import applying, campaigns, reporting, selecting
    from rewards.trials.models import Trial
    from rewards.trials.sending import addresses, shipping

    team, now = actor_named("max"), clock.now()
    plan = campaigns.Plan(
        "Un mois avec le Perco Uno", "A month with the Perco Uno", 2, 12, now + timedelta(days=9), now + timedelta(days=13),
        summary_en="You drink coffee every day and tell what works and what does not.", value_minor=44_900,
        questions=({"en": "How many cups a day?", "fr": "Combien de tasses par jour ?"},),
        steps=({"en": "First impressions", "fr": "Premières impressions"}, {"en": "Report", "fr": "Compte rendu"}),
        legal_en="You say what you think. You do not sell it.", budget_owner_id=IDS["max"], questions_day_at=now + timedelta(days=5),
    )  # fmt: skip
    washing = dataclasses.replace(
        plan, title_en="The silent washing machine", title_fr="Le lave-linge muet", product_id=1, stock=1
    )
    for one in (plan, washing):
        campaigns.publish(team, campaigns.draft(team, one))
    agreed = db.session.get_one(Trial, 2).rules_hash
    form = applying.Form(("Six.",), True, "FR", True, True, True, agreed)
    for who in ("cleo", "ben"):
        applying.apply(actor_named(who), 2, form)
    campaigns.end_applications(team, 2, "For the tests")
    selecting.confirm(team, 2, selecting.preview(team, 2).digest)
    drawn = actor_named("cleo")
    try:
        addresses.give(drawn, 2, addresses.Address("Cleo", "1 High Street", "", "35000", "Rennes", "FR"))
    except Refusal:
        applying.decline(actor_named("ben"), 2)
        addresses.give(drawn, 2, addresses.Address("Cleo", "1 High Street", "", "35000", "Rennes", "FR"))
    shipping.hand_over(team, 2)
    shipping.take(team, shipping.Event("A-1", "delivered"))
    text = "It washes well, and one hears nothing of it."
    reporting.report(drawn, 2, reporting.Report(4, text, "The silence", "The price", (0,)))
    jobs.run_due_jobs()


def _listen() -> None:
    """A watch of the team that found something, and a topic that rises."""
    from forum.questions.models import Post
    from moderation.hearing import weighing
    from moderation.themes import weekly
    from moderation.themes.models import CountedNight, RisingTopic
    from moderation.watches import forms, keeping, matching

    mo = actor_named("mo")
    keeping.make(
        mo, forms.draft({"name": "Filters", "any_of": "filter*\ndrain", "who": "team", "mail": "daily"})
    )
    matching.match(list(db.session.scalars(db.select(Post.id))))
    with unit_of_work():
        db.session.add(CountedNight(day=clock.now().date()))
        for number, (term, z) in enumerate((("drain filter", 4.2), ("shows e18", 2.6)), start=1):
            db.session.add(
                RisingTopic(
                    day=clock.now().date(), language="en", term=term, shown=term, texts=24, before=9, authors=17, z=z, tone=2.5,
                    unhappy=8, weeks=[1, 3, 2, 3, 24], examples=[["question", number]],
                )
            )  # fmt: skip
    weighing.weigh()
    weekly.write()


def _break_something(names: dict[str, Any]) -> None:
    """An open incident with a question under it, and a question that the team would like to take into private."""
    from forum.pointing import pointing
    from forum.questions.asking import ask_question
    from moderation.escalation import cases
    from moderation.incidents import declaring, linking
    from moderation.incidents.declaring import Words
    from moderation.macros import keeping
    from moderation.macros.keeping import MacroDraft
    from moderation.outbreaks import noting, suspecting
    from moderation.private import talking
    from moderation.routing.ordering import founding, teaming
    from moderation.satisfaction.models import Satisfaction

    sam, ada = actor_named("sam"), actor_named("ada")
    title = Words("L’application ne répond plus", "The app does not answer")
    incident = declaring.declare(sam, title, Words("Nous y travaillons.", "We are working on it."), 2, None)
    clock.travel(START + timedelta(days=10))  # who asks in the tests has not asked a moment ago
    broken = ask_question(
        actor_named("cleo"), title="The app is silent since this morning", body=BODY, category_id=2
    )
    clock.reset()
    linking.attach(sam, incident, broken.id)
    noting.note(broken.id)
    with unit_of_work():
        suspecting.suspect(1, 6, 0.5, timedelta(hours=1), clock.now())
    wanted = ask_question(ada, title="Two parcels came for one order", body=BODY, category_id=2)
    talking.offer(sam, cases.open_by_hand(sam, wanted.id), "Please send me your order number here.")
    names["offered"] = wanted.id
    keeping.save(
        sam, MacroDraft("Thanks", "Hello {{asker|there}}, thank you for writing to us.", "en", is_shared=True)
    )
    with unit_of_work():
        db.session.add(
            Satisfaction(
                question_id=1, cycle=99, asker_id=IDS["ada"], due_at=clock.now(), asked_at=clock.now()
            )
        )
    founding.found_usual(actor_named("max"))
    _try_a_rule()
    teaming.seat(actor_named("max"), 1, IDS["sam"], ["washing"], ["en"])
    pointing.point_out(actor_named("ben"), broken.id, wanted.id, "Both began this morning")


def _try_a_rule() -> None:
    """A change of the ladder was tried on the history."""
    from moderation.forecast import drafts, running

    form = drafts.Form({"key": ["escalation.normal_staff"], "value": ["30"]})
    running.play_now(running.begin(actor_named("max"), "setting", None, form))


def _offer_a_discount() -> None:
    """One that is open, with a code somebody has, and one that waits for its codes."""
    from rewards.ledger import booking
    from rewards.ledger.rules import Amounts
    from rewards.promotions import claiming, keeping, offering, pooling
    from rewards.promotions.rules import PromotionKind

    max_, ben = actor_named("max"), actor_named("ben")
    terms = ("Une commande.", "One order.")
    first = offering.Offer(
        "parts", PromotionKind.AMOUNT, 1000, "Pièces", "Parts", 100, *terms, budget_minor=4000, min_rank=1
    )
    parts = offering.offer_promotion(max_, first)
    pooling.make_codes(max_, parts, 3)
    offering.open_promotion(max_, parts)
    offering.offer_promotion(
        max_, offering.Offer("later", PromotionKind.FREE_SHIPPING, 0, "Livraison", "Delivery", 50)
    )
    booking.adjust(max_, ben.member_id or 0, Amounts(0, 300), "start", "A start for the tests")
    keeping.reveal(ben, claiming.claim(ben, parts, "browser tests"))
    _put_gifts_into_the_catalogue()


def _put_gifts_into_the_catalogue() -> None:
    """Goods, a donation and a perk; an order to send, a thank-you that waits, one that asks for the address."""
    from rewards.gifts import describing, ordering, thanking
    from rewards.gifts.describing import GiftOffer
    from rewards.gifts.rules import GiftKind

    max_, root, ben = actor_named("max"), actor_named("root"), actor_named("ben")
    mug = GiftOffer(
        "mug", GiftKind.GOODS, "Tasse", "Mug", "En grès.", "Stoneware.", 50, value_minor=1200, stock=5
    )
    dear = GiftOffer(
        "kettle", GiftKind.GOODS, "Bouilloire", "Kettle", value_minor=8900, cost_points=900, stock=2
    )
    repair = GiftOffer(
        "repair", GiftKind.DONATION, "Atelier", "Repair café", cost_points=100, value_minor=100
    )
    line = GiftOffer("line", GiftKind.PERK, "Ligne directe", "Direct line", min_rank=1)
    made = [describing.describe(max_, one) for one in (mug, dear, repair, line)]
    for one in made:
        describing.open_gift(root, one)
    ordering.exchange(ben, made[0], "browser tests", "Ben Roy\n4 rue des Lilas\n69001 Lyon")
    thanking.thank(max_, IDS["ben"], made[0], "For your patience with newcomers.", "browser tests")
    thanking.thank(max_, IDS["cleo"], made[1], "For a hundred answers.", "browser tests, dear")


def _follow(*who: Any) -> None:
    """Something in the lists of what members follow."""
    from forum.drafts.drafting import save_draft
    from forum.following.following import follow
    from forum.following.rules import TargetKind

    for member in who:
        follow(member, TargetKind.CATEGORY, 1)
        follow(member, TargetKind.MEMBER, IDS["cleo"])
        save_draft(member, "ask", title="Half a question", body="It began yesterday, when")


def _try_another_table() -> None:
    from rewards.adjustments import adjusting
    from rewards.adjustments.forms import AdjustmentDraft
    from rewards.ledger.rules import Amounts
    from rewards.tables import changing, counting

    changing.change(actor_named("max"), {"answer.accepted": Amounts(30, 20)}, "Solutions first", 30, seen=1)
    counting.count_trial()
    for points, key in ((40, "small"), (400, "large")):
        draft = AdjustmentDraft("Ben", Amounts(points, 0), "A talk at the fair", key)
        adjusting.ask(actor_named("root"), draft)


def _entrust_a_part() -> None:
    """A team of a provider with somebody in it, and a moderator of one category."""
    from moderation.delegation import granting, teams
    from moderation.delegation.rules import Right
    from moderation.duty import handing, numbers, planning
    from moderation.duty.rules import shift_after

    boss = actor_named("max")
    team = teams.found_agency(boss, "Northern Desk")
    granting.entrust_agency(boss, team, [(1, Right.DECIDE), (1, Right.BULK)], "contract of March")
    teams.seat(boss, team, 902, True, "leads")
    granting.entrust_member(boss, 903, [(1, Right.DECIDE), (2, Right.FILES)], "weekends")
    now = numbers.now_shift()
    planning.put_on_duty(boss, IDS["mo"], [(1, now), (2, shift_after(now))])
    handing.hand_over(actor_named("mo"), 1, "Two members argue about the pump: be calm with both.")


def _offer_a_mandate() -> None:
    from rewards.ranks.models import MandateOffer

    with unit_of_work():
        db.session.add(MandateOffer(member_id=IDS["cleo"], rank=6, offered_by_id=IDS["max"], reason="A year"))


def _accompany() -> None:
    from accounts.members.models import Member
    from rewards.mentoring.models import Mentoring
    from rewards.ranks.models import Mandate

    later = datetime.now(ZoneInfo("UTC")) + timedelta(days=100)
    with unit_of_work():
        db.session.get_one(Member, 901).rank = 6
        db.session.add(Mandate(member_id=901, rank=6, ends_at=later))
        db.session.add(
            Mentoring(
                member_id=IDS["ben"], mentor_id=901, category_id=1, words="How do I write answers that last?",
                begun_at=START, ends_at=later,
            )
        )  # fmt: skip


def _propose_a_guide() -> None:
    from forum.content.guides.proposals import proposing
    from forum.content.guides.writing import Draft

    steps = "## Close the tap\n\nIt is behind the machine.\n\n## Open the hatch\n\nAt the bottom right."
    words = Draft(
        "Empty the drum by hand in five minutes", "When nothing else helps", steps, ("Ondea 8",), 1, "en"
    )
    proposing.propose(dataclasses.replace(actor_named("ben"), rank=3), words)


def _talk_in_the_lounge() -> None:
    from rewards.lounge import talking

    topic = talking.begin(
        actor_named("max"),
        "The new coffee machine comes in May",
        "You see it first: **two cups at once**.",
        True,
    )
    talking.reply(actor_named("cleo"), topic, "Does it take the old filters?")


def _ask_the_mentors() -> None:
    """A vote on the charter, and a draft of the terms about which mentors may be asked."""
    from forum.content.terms import queries as terms
    from forum.content.terms import writing
    from forum.content.terms.rules import Document
    from rewards.votes.models import CharterBallot, CharterVote

    for document in Document:
        french, english = (terms.of_the_house(code) + "\n\n### +" for code in ("fr", "en"))
        writing.save(
            actor_named("max"), document, writing.Draft(french, english, "Du neuf.", "New words.", True)
        )
    asked = terms.draft(Document.CHARTER)
    assert asked is not None, "saved above"
    with unit_of_work():
        vote = CharterVote(
            document=asked.document, number=asked.number, saved_at=asked.saved_at, ends_at=START + timedelta(days=20)
        )  # fmt: skip
        db.session.add(vote)
        db.session.flush()
        db.session.add(CharterBallot(vote_id=vote.id, member_id=IDS["max"]))


def _vote_in_a_circle(answers: list[int]) -> None:
    from rewards.abuse.models import AbuseCase, AbuseEvidence
    from rewards.abuse.rules import Sign

    ring = [IDS[name] for name in ("ada", "ben", "cleo")]
    with unit_of_work():
        case = AbuseCase(
            sign=Sign.RING, figures={"inside": 9, "given": 12}, held_until=START + timedelta(days=14)
        )
        db.session.add(case)
        db.session.flush()
        for number, answer_id in enumerate(answers):
            pair = {"voter_id": ring[number % 3], "author_id": ring[(number + 1) % 3]}
            evidence = {
                "kind": "kudos",
                "target_id": 900 + number,
                "post_id": answer_id,
                "at": clock.now(),
                **pair,
            }
            db.session.add(AbuseEvidence(case_id=case.id, **evidence))


def _say_what_they_think() -> None:
    """Reviews: of an owner, of a tester with the brand's reply, and one that waits."""
    from forum.content.reviews import incentives, replying, writing
    from forum.content.reviews.forms import Typed, read_draft
    from forum.products.models import Device

    words = "Four months with it: quiet, quick, and the door closes as on the first day. The display could be brighter."
    with unit_of_work():
        for name in ("ben", "cleo", "ada"):
            found = db.session.query(Device).filter_by(member_id=IDS[name], product_id=1).one_or_none()
            row = found or Device(member_id=IDS[name], product_id=1)
            row.verified_at = clock.now()
            db.session.add(row)
    knew = incentives.set_incentive_source(
        lambda member_id, _product: "free_product_trial" if member_id == IDS["cleo"] else "none"
    )
    for name, rating in (("ben", 5), ("cleo", 3), ("ada", 2)):
        typed = Typed(
            str(rating), "Quiet, with a dim display", words, "Quiet\nQuick", "Dim display", "2026-01-20"
        )
        posted = writing.write_review(actor_named(name), 1, read_draft(actor_named(name), typed))
        if name == "cleo":
            replying.reply_to(
                actor_named("sam"), posted.id, "Thank you. Hold *Light* for three seconds: it gets brighter."
            )
    incentives.set_incentive_source(knew)


def _sell_something() -> None:
    """A catalogue of two, one of them owned, and what a category asks."""
    from forum.catalogue.importing import run
    from forum.catalogue.rules import ImportKind
    from forum.fields.keeping import FieldDraft, add_field
    from forum.products.owning import add_device, change_device

    run(
        "key,name,category,brand,picture,manual,warranty_en\n"
        "A1,Ondéa 8,washing,Brévane,p-wash,https://brevane.example/on8,2 years\nB1,Perco Uno,coffee,Brévane,p-coffee,,",
        ImportKind.PRODUCTS,
    )
    for number in (1, 2):
        add_device(actor_named("ada"), number)
    change_device(actor_named("ada"), 1, shown=True)
    stages = "Payée | Paid\nLivrée | Delivered"
    add_field(
        actor_named("max"), 1, FieldDraft("Modèle exact", "Exact model", "Sur l’étiquette.", "On the label.")
    )
    add_field(actor_named("max"), 1, FieldDraft("Étape", "Stage", kind="choice", choices=stages))


def _open_a_help_centre() -> None:
    """Two articles that stand elsewhere."""
    from forum.content.helpcentre.filling import take_in
    from forum.content.helpcentre.rules import Source

    texts = [
        ("en", "How often to clean the drain filter"),
        ("fr", "À quel rythme nettoyer le filtre de vidange"),
    ]
    items = [
        {"id": f"filter-{language}", "language": language, "title": title, "text": f"{title}: 3 / 12.", "address": "https://help.example.com/filter"}
        for language, title in texts
    ]  # fmt: skip
    take_in(items, Source.API)


def _write_a_guide(names: dict[str, Any]) -> None:
    """A guide with steps, a group of synonyms, and something that was searched."""
    from forum.content.guides import writing
    from forum.search.log import noting
    from forum.search.synonyms.keeping import add_group

    body = (
        "Have a towel at hand.\n\n## Unplug the machine\nPull the **plug**.\n\n## Clean the filter\nRinse it."
    )
    draft = writing.Draft("Clean the drain filter", "When the drum stays full.", body, ("Ondea 8",), 1, "en")
    writing.publish_guide(actor_named("sam"), writing.write_guide(actor_named("sam"), draft))
    _open_a_help_centre()
    add_group(actor_named("mo"), "en", "filter, sieve")
    for number in range(8):
        noting.note_search(actor_named("ada"), "", f"pump {number % 3}", number % 2)
        noting.note_search(actor_named("ben"), "", f"pump {number % 3}", number % 2)
    noting.note_opened(noting.note_search(actor_named("cleo"), "", "drain", 4), 2)
    noting.write_down()


def _write_messages() -> None:
    """A conversation, one of its messages reported, and a note of the team on a member."""
    from accounts.messages.reporting import report
    from accounts.messages.writing import write_to
    from moderation.notes.noting import note

    ben, cleo = actor_named("ben"), actor_named("cleo")
    write_to(ben, IDS["cleo"], "Do you still have the **manual** of the old one?")
    write_to(cleo, IDS["ben"], "I do, the second drawer from the left, as always.")
    report(ben, write_to(cleo, IDS["ben"], "And stop asking, will you."), "insult", "Every evening")
    write_to(cleo, IDS["ben"], "Sorry, it has been a long day.")
    note(actor_named("mo"), IDS["ada"], "Knows washing machines, be brief with her.")


def _send_a_picture() -> int:
    """A newcomer's picture waits for a moderator; the item."""
    import io

    from PIL import Image

    from forum.images.uploading import upload_image
    from forum.questions.asking import ask_question
    from moderation.review.models import ReviewItem

    seen, out = actor_named("new"), io.BytesIO()
    Image.linear_gradient("L").resize((640, 400)).save(out, "PNG")
    picture = upload_image(seen, out.getvalue(), "The label of the machine").markdown
    words = f"The label at the back of the machine says this, which filter is the right one?\n\n{picture}"
    asked = ask_question(seen, title="Which filter belongs to this label?", body=words, category_id=1)
    return db.session.scalar(db.select(ReviewItem.id).where(ReviewItem.post_id == asked.id))


def _silence(names: dict[str, Any]) -> None:
    """A decision with its reasons, when there is a package that takes decisions."""
    try:
        from moderation.review.rules import Reason
        from moderation.sanctions.sanctioning import silence
        from moderation.sanctions.statements import token_of
    except ImportError:
        return
    why = "Two answers called another member names. Please read the rules again."
    silence(actor_named("mo"), IDS["new"], 24, next(iter(Reason)), why)
    names["decision"] = token_of(1)
    _contest()


def _contest() -> None:
    """Strike points, an appeal that waits, a ban that waits for a second person, a published report."""
    from datetime import date

    from moderation.review.rules import Reason
    from moderation.sanctions import appealing, banning, striking
    from moderation.sanctions.strike_rules import StrikeCause
    from moderation.transparency import publishing
    from moderation.transparency.models import ReportKind
    from moderation.transparency.rules import year

    appealing.appeal(actor_named("new"), 1, "The second one was meant as a joke, and was taken as one.")
    striking.strike(actor_named("mo"), IDS["new"], StrikeCause.LINK_DROPPING, "Three shops in a day.", "seed")
    banning.propose(actor_named("mo"), IDS["new"], Reason.ADVERTISING, "A fourth shop on the same evening.")
    publishing.publish(actor_named("max"), ReportKind.YEARLY, year(date.today().year - 1), publishing.Words())


def _flag(names: dict[str, Any]) -> None:
    """Something in the moderators' queue, when there is a moderation package to take it."""
    try:
        from moderation.flags.flagging import flag
    except ImportError:
        return
    with suppress(Exception):
        flag(actor_named("cleo"), names["answer"], "insult", "This is not polite.")
    _legal_notice(names)


def _judicial_request(post_id: int) -> None:
    """Two requests: one that was granted, one that waits."""
    from accounts.identity import asking
    from accounts.identity.forms import AccessDraft
    from accounts.retention.models import HoldKind

    why = "Order of the investigating judge of 12 March."
    drafts = [
        AccessDraft(HoldKind.POST, post_id, f"PV 2026/{number}", "Tribunal judiciaire de Lille", why)
        for number in (118, 119)
    ]
    first, _second = [asking.ask(actor_named("max"), draft) for draft in drafts]
    asking.decide(actor_named("root"), first, True, "The order was read and is signed.")


def _slips(names: dict[str, Any]) -> None:
    """The signed addresses of two mails: is it solved, and not this time."""
    from accounts.members.models import Member
    from forum.notices import slips
    from moderation.experts.asking import slips as refusals
    from moderation.experts.models import ExpertInvitation
    from moderation.experts.rules import Why

    now = clock.now()
    with unit_of_work():
        asked = ExpertInvitation(
            question_id=names["open_question"], member_id=IDS["ben"], category_id=1, cycle=1, wave=1, score=1.0, parts={},
            why=Why.HERE, invited_at=now, lapses_at=now + timedelta(days=1),
        )  # fmt: skip
        db.session.add(asked)
        db.session.flush()
        links = refusals.links(db.session.get_one(Member, IDS["ben"]), {"invitation_id": asked.id})
    names["slips"] = {
        "is it solved?": urlsplit(slips.address(names["question"], IDS["ada"], "en")).path,
        "not this time?": urlsplit(links[0][1]).path,
    }


def _legal_notice(names: dict[str, Any]) -> None:
    """A notice of illegal content, a trusted flagger and a reported profile."""
    from moderation.legal_notices import proof, submitting, trusting
    from moderation.legal_notices.forms import NoticeDraft
    from moderation.legal_notices.rules import LegalGround, Place, Subject
    from moderation.profile_reports import reporting

    why = "This answer gives the name and the street of a person who never agreed to stand here."
    draft = NoticeDraft(
        Place(Subject.POST, names["answer"]),
        f"/en/a/{names['answer']}",
        LegalGround.PRIVACY,
        why,
        "Léa Martin",
        "lea@example.net",
        language="en",
    )
    sent = submitting.submit(actor_named("ada"), draft, "203.0.113.9")
    names["notice"] = proof.token_of(sent.notice_id)
    names["notice_confirmed"] = proof.token_of(sent.notice_id, "confirm")
    _judicial_request(names["answer"])
    trusting.trust(actor_named("max"), "Observatory of online content", "alerts@observatory.example")
    reporting.report(actor_named("ben"), IDS["new"], "insult", "Look at the presentation.")


def _outside(names: dict[str, Any]) -> None:
    """Two connections: one was paused after a failure, one is off. Nobody is asked from here."""
    from moderation.outside import steering, telling
    from moderation.outside.models import Attempt, Delivery, Receiver
    from moderation.outside.rules import Kind, State

    max_, kinds = actor_named("max"), [Kind.INCIDENT.value, Kind.MEMBER_CLOSED.value]
    with unit_of_work():
        desk, _secret = steering.make(
            max_, steering.Draft("Help desk", "https://desk.example.com/fourmi", kinds)
        )
        shop, _secret = steering.make(
            max_, steering.Draft("Customer file", "https://crm.example.com/in", kinds)
        )
        told = [db.session.get_one(Receiver, one) for one in (desk, shop)]
        told[0].paused_at = told[0].failing_since = clock.now()
        told[1].paused_at, told[1].is_on = clock.now(), False
        telling.tell_these(
            told, Kind.ANSWERED, {"post_id": names["answer"], "question_id": names["question"]}
        )
        first, second = db.session.scalars(db.select(Delivery).order_by(Delivery.id))
        second.state = State.DELIVERED
        for row, status, said in ((first, 503, "the desk is being maintained"), (second, 200, "")):
            tried = {"round": 1, "number": 1, "status": status, "took_ms": 84, "said": said}
            db.session.add(Attempt(delivery_id=row.id, **tried))


PAGES = {
    "own data": ("settings.data", {}, "ben"),
    "terms of the desk": ("terms.desk", {}, "max"),
    "next version of the charter": ("terms.desk_edit", {"document": "charter"}, "root"),
    "a version of the charter": ("terms.version", {"document": "charter", "number": 1}, ""),
    "retention": ("retention.index", {}, "max"),
    "judicial requests": ("legal_access.index", {}, "root"),
    "legal holds": ("retention.holds", {}, "root"),
    "home": ("home.show", {}, ""),
    "status": ("incidents.status", {}, ""),
    "incident": ("incidents.show", {"id": 1}, "ada"),
    "possible duplicates": ("questions.hints", {}, "cleo"),
    "on duty": ("duty.plan", {}, "max"),
    "handover": ("duty.handover", {}, "mo"),
    "texts to look at": ("looks.index", {}, "cleo"),
    "newcomers to greet": ("looks.newcomers", {}, "cleo"),
    "delegation": ("delegation.index", {}, "max"),
    "rights of a part": ("delegation.member", {"id": 1}, "max"),
    "team of a provider": ("delegation.team", {"id": 1}, "max"),
    "filters of the desk": ("filters.show", {}, "max"),
    "incidents of the desk": ("incidents.index", {}, "sam"),
    "rising topics": ("themes.index", {"of": "en"}, "mo"),
    "a rising topic": ("themes.show", {"id": 1}, "mo"),
    "what to read first": ("hearing.index", {"days": 28}, "mo"),
    "tone over time": ("hearing.tone", {"of": "en", "topic": "drain filter"}, "mo"),
    "watches": ("watches.index", {}, "mo"),
    "a watch": ("watches.show", {"id": 1}, "mo"),
    "the form of a watch": ("watches.edit", {"id": 1}, "mo"),
    "a new watch": ("watches.new", {"words": "drain filter"}, "mo"),
    "suspicion": ("outbreaks.show", {"id": 1}, "sam"),
    "incident at the desk": ("incidents.desk", {"id": 1}, "sam"),
    "guides": ("guides.index", {}, ""),
    "guide": ("guides.show", {"id": 1, "slug": "clean-the-drain-filter"}, ""),
    "guides found": ("search.show", {"q": "filter", "tab": "guides"}, ""),
    "search without a result": ("search.show", {"q": "zeppelin", "accepted": "1", "author": "nobody"}, ""),
    "answer in brief": ("search.show", {"q": "drain filter"}, ""),
    "help centre found": ("search.show", {"q": "filter", "tab": "help"}, ""),
    "help centre of the desk": ("helpcentre.index", {}, "sam"),
    "discounts": ("discounts.index", {}, "max"),
    "a discount": ("discounts.show", {"id": 1}, "max"),
    "a discount edited": ("discounts.edit", {"id": 1}, "max"),
    "gifts": ("gifts.mine", {}, "ben"),
    "a gift": ("gifts.show", {"id": 1}, "cleo"),
    "gifts of the desk": ("gifts.index", {}, "max"),
    "a gift at the desk": ("gifts.edit", {"id": 1}, "max"),
    "orders of gifts": ("gifts.orders", {}, "root"),
    "a thank-you": ("gifts.thank", {}, "sam"),
    "value received": ("worth.mine", {}, "ben"),
    "value for managers": ("worth.index", {}, "max"),
    "the shop": ("shop.index", {}, "max"),
    "who has codes": ("discounts.given", {"id": 1}, "max"),
    "trials": ("trials.index", {}, "ben"),
    "a trial": ("trials.show", {"id": 1}, "ben"),
    "a trial, signed out": ("trials.show", {"id": 1}, ""),
    "an application": ("trials.application", {"id": 1}, "ben"),
    "the draw": ("trials.draw", {"id": 2}, ""),
    "a report": ("trials.report", {"id": 2}, "cleo"),
    "trials of the desk": ("trial_desk.index", {}, "max"),
    "a new trial": ("trial_desk.new", {}, "max"),
    "a trial at the desk": ("trial_desk.show", {"id": 1}, "max"),
    "dispatch": ("trial_desk.shipping", {"id": 2}, "max"),
    "reports": ("trial_desk.reports", {"id": 2}, "max"),
    "reports that came in": ("trial_desk.reports", {"id": 2, "all": 1}, "max"),
    "discounts handed out": ("economics.lines", {"what": "handed-out"}, "max"),
    "who can do what": ("policies.why", {"member": "Ada"}, "mo"),
    "what I can do": ("policies.mine", {}, "ada"),
    "report illegal content": ("legal_notices.new", {}, ""),
    "legal notice sent": ("legal_notices.sent", {}, ""),
    "legal notices of the desk": ("legal_notices.index", {}, "mo"),
    "trusted flaggers": ("legal_notices.trusted", {}, "max"),
    "how reports work": ("flags.how", {}, ""),
    "my reports": ("flags.mine", {}, "ben"),
    "report a text, signed out": ("flags.flag", {"id": 1}, ""),
    "report a profile": ("profile_reports.new", {"id": 1}, "ben"),
    "report a profile, as a visitor": ("profile_reports.new", {"id": 1}, ""),
    "reported profiles": ("review.queue", {"tab": "people"}, "max"),
    "unusual votes": ("abuse.index", {}, "mo"),
    "an unusual vote": ("abuse.show", {"id": 1}, "mo"),
    "points of the desk": ("points.index", {}, "max"),
    "points by hand": ("points.by_hand", {}, "max"),
    "ranks of the desk": ("rank_desk.index", {}, "max"),
    "own mandate": ("rank_desk.mandate", {}, "cleo"),
    "official notices of the desk": ("bulletins.index", {}, "sam"),
    "proposed guides": ("guide_proposals.index", {}, "cleo"),
    "a proposed guide": ("guide_proposals.show", {"id": 1}, "cleo"),
    "proposing a guide": ("guide_proposals.new", {}, "cleo"),
    "a vote of the mentors": ("charter_votes.show", {"id": 1}, "max"),
    "asking the mentors": ("charter_votes.ask", {"document": "terms"}, "max"),
    "mentoring": ("mentoring.index", {}, "ben"),
    "a pair of mentoring": ("mentoring.show", {"id": IDS["ben"]}, "ben"),
    "the lounge": ("lounge.index", {}, "max"),
    "a topic of the lounge": ("lounge.show", {"id": 1}, "cleo"),
    "guides of the desk": ("guide_desk.index", {}, "sam"),
    "writing a guide": ("guide_desk.edit", {"id": 1}, "sam"),
    "versions of a guide": ("guide_desk.versions", {"id": 1}, "sam"),
    "searches": ("searches.index", {}, "mo"),
    "synonyms": ("synonyms.index", {}, "mo"),
    "list": ("questions.index", {}, ""),
    "categories": ("categories.index", {}, ""),
    "category": ("categories.show", {"slug": "washing"}, ""),
    "search": ("search.show", {"q": "filter"}, ""),
    "experts": ("members.experts", {}, ""),
    "sign-in": ("signin.sign_in", {}, ""),
    "sign-up": ("signin.sign_up", {}, ""),
    "not signed in": ("singlesignon.failed", {"name": "shop", "why": "no-address"}, ""),
    "ticket of the shop": ("elsewhere.ticket", {}, ""),
    "connecting, signed out": ("elsewhere.connect", {}, ""),
    "connecting": ("elsewhere.connect", {}, "ada"),
    "charter": ("pages.charter", {}, ""),
    "help": ("pages.help", {}, ""),
    "accessibility": ("pages.accessibility", {}, ""),
    "privacy": ("pages.privacy", {}, ""),
    "ranks": ("rewards.ranks", {}, ""),
    "home of a member": ("home.show", {}, "ada"),
    "ask": ("questions.ask", {}, "ada"),
    "rewards": ("rewards.centre", {}, "ada"),
    "notifications": ("notifications.index", {}, "ada"),
    "my questions": ("mine.show", {}, "ada"),
    "my drafts": ("mine.show", {"tab": "drafts"}, "ada"),
    "my follows": ("mine.show", {"tab": "follows"}, "ada"),
    "my digest": ("digests.show", {}, "ben"),
    "welcome": ("settings.welcome", {}, "ada"),
    "asked to help": ("experts.wishes", {}, "ben"),
    "how experts are asked": ("experts.spread", {}, "max"),
    "mail sent": ("signin.sent", {"what": "confirm"}, ""),
    "sent mails": ("outbox.index", {}, "root"),
    "profile settings": ("settings.profile", {}, "ada"),
    "account settings": ("settings.account", {}, "ada"),
    "closing the account": ("settings.leaving", {}, "ada"),
    "code at sign-in": ("second_factor.code", {}, "waiting"),
    "no passkeys": ("settings.passkeys", {}, "ada"),
    "passkeys": ("settings.passkeys", {}, "ben"),
    "no second factor": ("settings.second_factor", {}, "ada"),
    "second factor being set up": ("settings.second_factor", {}, "ben"),
    "second factor": ("settings.second_factor", {}, "cleo"),
    "reset of a second factor": ("second_factor.reset", {"id": IDS["cleo"]}, "max"),
    "alert settings": ("settings.alerts", {}, "ada"),
    "display settings": ("settings.display", {}, "ada"),
    "statement": ("rewards.statement", {}, "ben"),
    "codes": ("rewards.coupons", {}, "ben"),
    "badge": ("rewards.badge", {"key": "helper"}, ""),
    "badges": ("rewards.badges", {}, "ben"),
    "leaderboards": ("leaderboards.show", {"days": 30}, "ben"),
    "missions of the desk": ("missions.index", {}, "max"),
    "new mission": ("missions.new", {"of": "first-week"}, "max"),
    "reward programme": ("economics.index", {}, "max"),
    "points issued": ("economics.lines", {"what": "issued"}, "max"),
    "three-minute guide": ("rewards.guide", {}, "ada"),
    "badges of the desk": ("badges.index", {}, "max"),
    "new campaign": ("badges.new", {"key": "founder"}, "max"),
    "an honour": ("badges.honour_form", {"id": IDS["ben"]}, "mo"),
    "forgotten password": ("signin.forgot", {}, ""),
    "history of a text": ("questions.history", {"id": 1}, "ada"),
    "printed question": ("questions.printable", {"id": 1}, ""),
    "comments of an answer": ("questions.comments", {"id": 1}, "ada"),
    "form of a suggestion": ("questions.suggest", {"id": 1}, "ben"),
    "suggested changes": ("questions.suggestions", {}, "cleo"),
    "suggested change": ("questions.suggestion", {"id": 1}, "cleo"),
    "whom to invite": ("questions.invite_page", {"id": 10}, "ada"),
    "invitations": ("questions.invitations", {}, "ben"),
    "unanswered": ("escalation.unanswered", {}, "sam"),
    "case": ("escalation.show", {"case_id": 1}, "sam"),
    "experts for a question": ("experts.for_question", {"question_id": 10}, "sam"),
    "calendars": ("calendars.index", {}, "max"),
    "a calendar": ("calendars.show", {"id": 1}, "max"),
    "calling the team": ("calling.ask", {"id": 10}, "ada"),
    "outside connections": ("outside.index", {}, "max"),
    "new outside connection": ("outside.new", {}, "max"),
    "an outside connection": ("outside.show", {"id": 1}, "max"),
    "a message told outside": ("outside.delivery", {"id": 1}, "max"),
    "forecasts": ("forecasts.index", {}, "max"),
    "a forecast": ("forecasts.show", {"id": 1}, "max"),
    "policies": ("targets.index", {}, "max"),
    "a policy": ("targets.show", {"id": 1}, "max"),
    "new policy": ("targets.new", {}, "max"),
    "ladder by category": ("targets.of_categories", {}, "max"),
    "clock of a question": ("targets.clock", {"id": 1}, "sam"),
    "new calendar": ("calendars.new", {}, "max"),
    "words of priority": ("lexicon.index", {"text": "Smoke comes out"}, "max"),
    "teams and routing": ("routing.index", {"text": "My parcel is late"}, "max"),
    "templates": ("macros.index", {}, "sam"),
    "a new template": ("macros.new", {}, "sam"),
    "official answers to read again": ("officials.index", {}, "sam"),
    "escalations as a list": ("escalation.board", {"view": "list"}, "sam"),
    "how was it": ("satisfaction.ask", {"id": 1}, "ada"),
    "a routing rule": ("routing.rule", {"id": 1}, "max"),
    "work of a team": ("routing.team", {"id": 1}, "max"),
    "desk": ("desk.index", {}, "mo"),
    "moderation queue": ("review.queue", {}, "mo"),
    "review item": ("review.item", {"id": 1}, "mo"),
    "many at once": ("bulk.index", {}, "mo"),
    "many at once: preview": ("bulk.preview", {"by": "author", "like": 1}, "mo"),
    "review history": ("review.history", {"id": 1}, "mo"),
    "moderation figures": ("figures.index", {}, "max"),
    "my accuracy": ("audits.mine", {}, "mo"),
    "accuracy of the team": ("audits.team", {}, "max"),
    "a list behind a figure": ("figures.lines", {"what": "waiting"}, "max"),
    "dashboard": ("dashboard.index", {}, "max"),
    "questions behind a figure": ("dashboard.lines", {"what": "asked"}, "max"),
    "members of the desk": ("desk.members", {}, "mo"),
    "member file": ("desk.member", {"id": 1}, "mo"),
    "member file with points": ("desk.member", {"id": 9}, "mo"),
    "own decisions": ("conduct.mine", {}, "new"),
    "appeals of the desk": ("appeals.index", {}, "mo"),
    "an appeal": ("appeals.desk", {"id": 1}, "max"),
    "own appeal": ("appeals.mine", {"id": 1}, "new"),
    "contact points": ("transparency.index", {}, ""),
    "a report of moderation": ("transparency.show", {"id": 1}, ""),
    "transparency of the desk": ("transparency.desk", {}, "max"),
    "order of a question": ("questions.order", {"id": 1}, "mo"),
    "many questions": ("tidy.many", {}, "mo"),
    "topics": ("tidy.topics", {}, "mo"),
    "rules": ("desk.rules", {}, "max"),
    "settings of the site": ("desk.settings", {"section": "moderation"}, "max"),
    "log": ("desk.audit", {}, "max"),
    "report": ("flags.flag", {"id": 1}, "ben"),
    "escalation board": ("escalation.board", {}, "sam"),
    "letters": ("letters.index", {}, "max"),
    "letter": ("letters.show", {"name": "news-question-answered"}, "max"),
    "messages": ("messages.index", {}, "ben"),
    "conversation": ("messages.show", {"id": IDS["cleo"]}, "ben"),
    "reported messages": ("review.queue", {"tab": "people"}, "mo"),
    "help others": ("helping.show", {}, "ben"),
    "unanswered for helpers": ("helping.show", {"tab": "unanswered"}, "ben"),
    "members": ("members.directory", {}, ""),
    "device settings": ("settings.push", {}, "ada"),
    "offline": ("webapp.offline", {}, ""),
    "products": ("products.index", {}, ""),
    "product": ("products.show", {"slug": "ondea-8"}, ""),
    "product reviews": ("reviews.index", {"slug": "ondea-8"}, ""),
    "product reviews of a member": ("reviews.index", {"slug": "ondea-8"}, "cleo"),
    "write a review": ("reviews.write", {"slug": "perco-uno"}, "ada"),
    "edit a review": ("reviews.write", {"slug": "ondea-8"}, "ben"),
    "about reviews": ("reviews.about", {}, ""),
    "devices": ("products.devices", {"q": "ondea"}, "ada"),
    "ask about a product": ("questions.ask", {"product": "ondea-8"}, "ada"),
    "catalogue": ("catalogue.index", {"q": "ondea"}, "max"),
    "what we ask": ("fields.index", {}, "max"),
    "where masks are worn": ("masks.index", {}, "max"),
    "settled before asking": ("asking.asks", {}, "max"),
    "shared": ("webapp.share", {"title": "E18 on the display", "text": "It hums"}, "ben"),
}


def addresses(app: Flask, names: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Every page the tests look at: name → (path in English, member who reads it or "")."""
    found = {
        name: (url_for(endpoint, lang="en", **values), who)
        for name, (endpoint, values, who) in PAGES.items()
        if endpoint in app.view_functions
    }
    for name, who in (("question", ""), ("question of its author", "ada")):
        found[name] = (url_for("questions.show", lang="en", id=names["question"]), who)
    if "decision" in names:
        found["decision"] = (url_for("decisions.show", lang="en", token=names["decision"]), "")
    found["legal notice"] = (url_for("legal_notices.track", lang="en", token=names["notice"]), "")
    found["legal notice to confirm"] = (
        url_for("legal_notices.confirm", lang="en", token=names["notice_confirmed"]),
        "",
    )
    found["review item with a picture"] = (url_for("review.item", lang="en", id=names["pictured"]), "mo")
    found["sent"] = (url_for("questions.sent", lang="en", id=names["fresh"]), "ada")
    found["what a mandate opens"] = (url_for("entrusted.show", lang="en", id=names["open_question"]), "cleo")
    found["unanswered question"] = (url_for("questions.show", lang="en", id=names["open_question"]), "ben")
    found["profile"] = (url_for("members.show", lang="en", id=IDS["ben"], slug="ben"), "")
    found["edit"] = (url_for("questions.edit", lang="en", id=names["fresh"]), "ada")
    found["device and details"] = (url_for("questions.details", lang="en", id=names["fresh"]), "ada")
    found["me too, signed out"] = (url_for("questions.me_too_page", lang="en", id=names["question"]), "")
    found["who found it useful"] = (url_for("questions.kudos_page", lang="en", id=names["answer"]), "ben")
    found["masked question"] = (url_for("questions.show", lang="en", id=names["masked"]), "ben")
    found["mask to be lifted"] = (url_for("questions.mask", lang="en", id=names["masked"]), "ben")
    found["mask for the team"] = (url_for("questions.mask", lang="en", id=names["masked"]), "sam")
    found["covered elsewhere?"] = (url_for("questions.covered", lang="en", id=names["question"]), "ben")
    found["in private?"] = (url_for("private.offer", lang="en", id=names["offered"]), "ada")
    found |= {name: (path, "") for name, path in names["slips"].items()}
    found["error"] = ("/en/this-page-does-not-exist", "")
    return found


def everything(app: Flask, names: dict[str, Any]) -> dict[str, list[str]]:
    """Every page the application has, with values that exist: once as an administrator, and the seeded ones as their
    readers see them."""
    known = {
        "id": names["question"],
        "question_id": names["question"],
        "post_id": names["answer"],
        "case_id": 1,
    }
    known |= {
        "answer_id": names["answer"],
        "member_id": IDS["ben"],
        "slug": "washing",
        "key": "helper",
        "lang": "en",
    }
    paths = set()
    for rule in app.url_map.iter_rules():
        if (
            "GET" in rule.methods
            and rule.arguments <= set(known)
            and "lang" in rule.arguments
            and "." not in rule.rule.rpartition("/")[2]
        ):
            paths.add(url_for(rule.endpoint, **{name: known[name] for name in rule.arguments}))
    found: dict[str, list[str]] = {"root": sorted(paths)}
    for path, who in addresses(app, names).values():
        if path not in paths and path not in found.setdefault(who, []):
            found[who].append(path)
    return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Build what is not there, tell where, serve."""
    folder, asked = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "built.json").exists():
        build(folder)
    if asked == ["build"]:
        return
    port = int(asked[0]) if asked else free_port()
    app, names = application(folder, port), json.loads((folder / "built.json").read_text())
    private, certificate = saml_house.keys("one")
    names["house"] = [private.decode(), certificate]
    server = make_server("127.0.0.1", port, app, threaded=True)
    names["address"] = f"http://127.0.0.1:{port}"
    partial = folder / "site.partial"
    partial.write_text(json.dumps(names))
    partial.rename(folder / "site.json")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server.serve_forever()


def _end_with_parent() -> None:
    """The tests hold our standard input open; when they are gone, so are we."""
    sys.stdin.buffer.read()
    import os

    os._exit(0)


if __name__ == "__main__":
    main()
