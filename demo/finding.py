"""Guides, articles of the help centre, synonyms and what was searched, for the demonstration. Invented, like everything there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from common import clock, i18n
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from demo import programme
from forum.categories.models import Category
from forum.content.guides import writing
from forum.content.guides.helping import say_helped
from forum.content.guides.models import Guide
from forum.content.guides.pairing import pair_guides
from forum.content.guides.writing import Draft
from forum.content.helpcentre.filling import take_in
from forum.content.helpcentre.rules import Source
from forum.search.log.models import SearchCount, SearchDay
from forum.search.synonyms.keeping import add_group

SEARCHED_DAYS = 28

GUIDES = [
    (
        "lavage", "fr", "Nettoyer le filtre de vidange d’un lave-linge Ondéa",
        "Quand le tambour reste plein d’eau ou que le code E18 s’affiche : un quart d’heure, sans outil.",
        ("Ondéa 8", "Ondéa 6"),
        """Prévoyez une serviette et un récipient plat. L’eau peut être chaude : attendez une demi-heure après un lavage à 60 °C.

## Débrancher et fermer l’eau
Débranchez l’appareil et fermez le robinet d’arrivée.

## Vider l’eau par la trappe
Ouvrez la trappe en bas à droite, tirez le petit tuyau, retirez son bouchon au-dessus du récipient.

## Dévisser le filtre et le rincer
Dévissez dans le sens contraire des aiguilles d’une montre. Retirez pièces, épingles et peluches, puis rincez à l’eau claire.

## Vérifier la turbine
Avec le doigt, la petite turbine au fond doit tourner par à-coups. Bloquée, elle explique le code E18.

## Remonter et lancer un essorage seul
Revissez à fond, rouvrez l’eau et lancez **essorage seul**. Le code disparaît.""",
    ),
    (
        "cafe", "fr", "Détartrer une machine à café Perco Uno",
        "Tous les trois mois, ou dès que le café coule moins chaud.",
        ("Perco Uno",),
        """Il faut un sachet de détartrant pour café et un litre d’eau. Le vinaigre attaque les joints : ne l’utilisez pas.

## Remplir le réservoir
Versez le détartrant, complétez avec un litre d’eau froide.

## Lancer le programme
Maintenez les deux touches de tasse pendant cinq secondes : le voyant orange clignote.

## Rincer deux fois
Videz le bac, remplissez d’eau claire et laissez couler deux réservoirs entiers.""",
    ),
    (
        "aspirateurs", "fr", "Changer la batterie d’un aspirateur sans fil",
        "Quand l’autonomie tombe sous dix minutes.", (),
        """La batterie se change sans outil sur tous les modèles depuis 2022.

## Éteindre et vider le bac
Un appareil éteint ne peut pas démarrer dans vos mains.

## Sortir l’ancienne batterie
Pressez les deux languettes et tirez droit.

## Recycler l’ancienne
Déposez-la dans un point de collecte : elle ne va pas à la poubelle.""",
    ),
    (
        "lavage", "en", "Clean the drain filter of an Ondéa washing machine",
        "When water stays in the drum or E18 is shown: a quarter of an hour, no tools.",
        ("Ondéa 8", "Ondéa 6"),
        """Have a towel and a flat dish at hand. After a hot wash, wait half an hour.

## Unplug and close the tap
Pull the plug and close the water tap.

## Let the water out
Open the hatch at the bottom right, pull out the small hose and open it over the dish.

## Unscrew and rinse the filter
Turn it anticlockwise, take out coins and fluff, rinse it.

## Run spin only
Screw it back, open the tap and run **spin only**: the code goes away.""",
    ),
]  # fmt: skip
"""Category, language, title, summary, models and text."""

ARTICLES = [
    (
        "demarrage-differe", "fr", "lavage", "Programmer le départ différé de votre lave-linge",
        "Choisissez d’abord le programme, puis appuyez sur Départ différé jusqu’à l’heure voulue.\n"
        "Le départ différé s’annule en maintenant la touche Marche pendant trois secondes.",
    ),
    (
        "codes-erreur", "fr", "lavage", "Les codes d’erreur des lave-linge Ondéa",
        "E10 : l’eau n’arrive pas, ouvrez le robinet et vérifiez le tuyau.\n"
        "E18 : l’eau ne s’évacue pas, nettoyez le filtre de vidange.\n"
        "E40 : la porte n’est pas verrouillée, poussez-la jusqu’au déclic.",
    ),
    (
        "garantie", "fr", "", "Durée et conditions de la garantie Brévane",
        "Tous les appareils sont garantis deux ans, les moteurs des lave-linge dix ans.\n"
        "Gardez la facture : elle sert de preuve d’achat, même scannée.",
    ),
    (
        "durete-eau", "fr", "cafe", "Régler la dureté de l’eau de votre machine à café",
        "Trempez la languette fournie une seconde dans l’eau et comptez les carrés roses.\n"
        "Maintenez la touche Vapeur, puis choisissez le même nombre avec la touche Tasse.",
    ),
    (
        "error-codes", "en", "lavage", "Error codes of Ondéa washing machines",
        "E10: no water comes in. Open the tap and look at the hose.\n"
        "E18: the water does not drain. Clean the drain filter.\n"
        "E40: the door is not locked. Push it until it clicks.",
    ),
]  # fmt: skip
"""Address, language, category, title and text of what stands in the brand's own help centre."""

SYNONYMS = [
    ("fr", "lave-linge, machine à laver, LL"),
    ("fr", "frigo, réfrigérateur"),
    ("fr", "télé, téléviseur, TV"),
    ("fr", "panne, en rade, HS"),
    ("en", "washing machine, washer"),
    ("en", "fridge, refrigerator"),
    ("en", "tap, faucet"),
]

SEARCHED = [
    ("fr", "code e18", 64, 0, 41), ("fr", "lave linge ne vidange plus", 38, 0, 22), ("fr", "cafe tiede", 27, 0, 19),
    ("fr", "batterie aspirateur", 23, 0, 15), ("fr", "notice four", 19, 19, 0), ("fr", "joint hublot", 17, 3, 6),
    ("fr", "programme vapeur", 12, 12, 0), ("fr", "appairage enceinte", 9, 9, 0), ("fr", "bruit essorage", 31, 0, 0),
    ("en", "e18", 21, 0, 12), ("en", "drain filter", 14, 0, 9), ("en", "descaling", 11, 0, 6), ("en", "ice maker", 6, 6, 0),
    ("fr", "", 5, 1, 1),
]  # fmt: skip
"""Language, words, searches, those without a result, results opened, over four weeks."""


def acts(members: dict[str, int], now: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """What the team has written, and what readers said of it."""
    for number, described in enumerate(GUIDES):
        yield now - timedelta(days=60 - 9 * number), partial(_write, members, described)
    yield now - timedelta(days=3), partial(_helped, members)
    yield now - timedelta(days=20), partial(_keep_synonyms, members)
    yield now - timedelta(days=19), _open_the_help_centre
    yield now - timedelta(hours=2), _note_searches


def _write(members: dict[str, int], described: tuple[str, str, str, str, tuple[str, ...], str]) -> None:
    category, language, title, summary, models, body = described
    category_id = db.session.scalar(select(Category.id).where(Category.key == category))
    camille = programme.actor(members, "camille")
    guide_id = writing.write_guide(camille, Draft(title, summary, body, models, category_id, language))
    writing.publish_guide(camille, guide_id)
    if language == "en":
        original = select(Guide.id).where(Guide.category_id == category_id, Guide.language == "fr")
        pair_guides(camille, guide_id, db.session.scalar(original.order_by(Guide.id)))


def _helped(members: dict[str, int]) -> None:
    for number, key in enumerate(("mireille", "samia", "aicha", "tony", "ines", "gerard")):
        who = programme.actor(members, key)
        say_helped(who, 1, number != 4, key, "La trappe de mon modèle est à gauche." if number == 4 else "")
        if number < 3:
            say_helped(who, 2, True, key)


def _open_the_help_centre() -> None:
    sent = [
        {
            "id": key, "language": language, "category": category, "title": title, "text": text,
            "address": f"https://aide.brevane.example/{language}/{key}",
        }
        for key, language, category, title, text in ARTICLES
    ]  # fmt: skip
    take_in(sent, Source.API, lenient=True)


def _keep_synonyms(members: dict[str, int]) -> None:
    for language, entries in SYNONYMS:
        add_group(programme.actor(members, "nadia"), language, entries)


def _note_searches() -> None:
    """Four weeks of searches as the log keeps them: sums of days. Week-ends are quieter."""
    today = i18n.local(clock.now()).date()
    days = [today - timedelta(days=number) for number in range(SEARCHED_DAYS)]
    weights = [1 if day.weekday() > 4 else 2 for day in days]
    rows = []
    for language, words, *sums in SEARCHED:
        for day, parts in zip(
            days, zip(*(_spread(total, weights) for total in sums), strict=True), strict=True
        ):
            asked, empty, opened = parts
            if asked:
                rows.append(
                    {
                        "day": day, "language": language, "query": words, "asked": asked, "empty": min(empty, asked),
                        "opened": opened, "position_sum": opened + opened // 2, "solved": min(opened // 2, 1),
                    }
                )  # fmt: skip
    places = [(1, 64), (2, 31), (3, 17), (4, 9), (5, 6), (7, 3), (12, 1)]
    counts = [
        {"day": today, "language": "fr", "kind": f"opened:{place:03}", "times": times}
        for place, times in places
    ]
    with unit_of_work():
        insert_many(SearchDay, rows)
        insert_many(SearchCount, counts)


def _spread(total: int, weights: list[int]) -> list[int]:
    """A sum over days by their weights, whole numbers that add up."""
    whole, done, found = sum(weights), 0, []
    for number in range(len(weights)):
        until = round(total * sum(weights[: number + 1]) / whole)
        found.append(until - done)
        done = until
    return found
