"""Product trials of the demonstration: one with a report and a labelled review, one just drawn, one to apply for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from common import clock
from common.db import db
from common.permissions import Actor
from forum.products.models import Product
from rewards.trials import applying, campaigns, reporting, selecting
from rewards.trials.applying import Form
from rewards.trials.campaigns import Plan
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.rules import Method, Part
from rewards.trials.sending import addresses, shipping
from rewards.trials.sending.addresses import Address

Find = Callable[[str], Actor]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

COFFEE, VACUUM, OVEN = "coffee", "vacuum", "oven"
TRIALS = {
    COFFEE: ("BR-PU1", 3, 8_900, Method.MIXED, "Trois semaines avec le Perco Uno", "Three weeks with the Perco Uno", "Le matin, le week-end, avec vos grains : dites-nous ce qui va et ce qui ne va pas.", "In the morning, at the weekend, with your beans: tell us what works and what does not."),
    VACUUM: ("BR-FX3", 2, 21_900, Method.LOTTERY, "Le Filao X3 face aux poils d’animaux", "The Filao X3 against pet hair", "Un mois d’aspirateur balai chez vous, animaux bienvenus.", "A month with the upright vacuum cleaner at home, pets welcome."),
    OVEN: ("BR-AL1", 4, 14_900, Method.MIXED, "L’Alizé, du lundi au dimanche", "The Alizé, from Monday to Sunday", "Cuisinez une semaine entière à l’air chaud, et racontez.", "Cook with hot air for a whole week, and tell us about it."),
}  # fmt: skip
"""By key: product, units, worth in cents, how testers are chosen, title and text in both languages."""
APPLIED = {
    COFFEE: ("samia", "paul", "karim"),
    VACUUM: ("gerard", "tony", "nora", "colette", "fabrice", "karim"),
    OVEN: ("ines", "nora"),
}
QUESTION = {"fr": "Pourquoi ce produit, chez vous ?", "en": "Why this product, at your place?"}
ANSWER = "Nous nous en servirions tous les jours, et j’ai de quoi comparer."
STEPS = (
    {"fr": "Premières impressions", "en": "First impressions"},
    {"fr": "Après deux semaines", "en": "After two weeks"},
)
LEGAL_FR = "Le produit reste à vous. Vous racontez ce que vous pensez, en bien comme en mal ; un avis publié porte « produit reçu gratuitement »."
LEGAL_EN = "The product is yours to keep. You say what you think, good or bad; a published review says “product received free”."
HOME = {
    "samia": Address("Samia B.", "4 rue des Tanneurs", "", "59000", "Lille", "FR"),
    "paul": Address("Paul D.", "18 rue du Port", "", "29200", "Brest", "FR"),
    "karim": Address("Karim B.", "2 allée des Acacias", "", "31000", "Toulouse", "FR"),
}
REPORT = reporting.Report(
    4, "Monté en dix minutes, premier café bon dès le deuxième essai. Le réglage de mouture demande deux jours.",
    "Café chaud et régulier\nBac facile à rincer", "Réservoir petit pour quatre personnes", (0, 1),
)  # fmt: skip


def acts(who: Find, now: datetime) -> Iterable[tuple[datetime, Callable[[], None]]]:
    """Each at its moment; they begin after members have the ranks they had before."""
    for key, hours in ((COFFEE, 228), (VACUUM, 180), (OVEN, 40)):
        yield now - hours * HOUR, partial(_open, who, key)
        for number, name in enumerate(APPLIED[key]):
            yield now - (hours - 2 - 3 * number) * HOUR, partial(_apply, who, key, name)
    yield now - 212 * HOUR, partial(_choose, who, COFFEE)
    for number, name in enumerate(HOME):
        yield now - (210 - number) * HOUR, partial(_give_address, who, name)
    yield now - 205 * HOUR, partial(_send, who)
    yield now - 190 * HOUR, partial(_report, who)
    yield now - 30 * HOUR, partial(_choose, who, VACUUM)


def _open(who: Find, key: str) -> None:
    product, units, worth, method, title_fr, title_en, summary_fr, summary_en = TRIALS[key]
    product_id = db.session.scalars(select(Product.id).where(Product.key == product)).one()
    days, marc = (14 if key == OVEN else 8), who("marc")
    plan = Plan(
        title_fr=title_fr, title_en=title_en, summary_fr=summary_fr, summary_en=summary_en, product_id=product_id, stock=units,
        value_minor=worth, method=method, ends_at=clock.now() + days * DAY, answer_at=clock.now() + (days + 3) * DAY,
        countries=("FR", "BE"), questions=(QUESTION,), steps=STEPS, legal_fr=LEGAL_FR, legal_en=LEGAL_EN,
        budget_owner_id=marc.member_id,
    )  # fmt: skip
    campaigns.publish(marc, campaigns.draft(marc, plan))


def _trial(key: str) -> tuple[int, str]:
    row = db.session.execute(select(Trial.id, Trial.rules_hash).where(Trial.title_fr == TRIALS[key][4])).one()
    db.session.rollback()
    return row[0], row[1]


def _apply(who: Find, key: str, name: str) -> None:
    trial_id, agreed = _trial(key)
    applying.apply(who(name), trial_id, Form((ANSWER,), True, "FR", True, True, True, agreed))


def _choose(who: Find, key: str) -> None:
    trial_id, _agreed = _trial(key)
    campaigns.end_applications(who("marc"), trial_id, "Assez de candidatures")
    selecting.confirm(who("marc"), trial_id, selecting.preview(who("marc"), trial_id).digest)


def _give_address(who: Find, name: str) -> None:
    addresses.give(who(name), _trial(COFFEE)[0], HOME[name])


def _send(who: Find) -> None:
    """The carrier takes them, and two days later brings them."""
    trial_id, _agreed = _trial(COFFEE)
    shipping.hand_over(who("marc"), trial_id)
    a = TrialApplication
    for one in db.session.scalars(select(a.id).where(a.trial_id == trial_id, a.state == Part.SHIPPED)).all():
        shipping.take(who("marc"), shipping.Event(f"A-{one}", "delivered"))


def _report(who: Find) -> None:
    """Samia tells how it went, and the team takes it."""
    trial_id, _agreed = _trial(COFFEE)
    reporting.report(who("samia"), trial_id, REPORT)
    a = TrialApplication
    mine = (a.trial_id == trial_id, a.state == Part.REPORTED)
    reporting.accept(who("marc"), db.session.scalars(select(a.id).where(*mine)).one())
