"""One question for each way a question can stand, so that every sign and banner is seen. Invented, like all the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from common.db import db
from common.permissions import Actor
from forum.categories.models import Category
from forum.content.bulletins import writing as bulletins
from forum.content.bulletins.forms import Draft
from forum.housekeeping.duplicates import mark_duplicate
from forum.housekeeping.merging import merge_question
from forum.products.models import Product
from forum.questions.answering import answer_question
from forum.questions.models import Question
from forum.questions.rules import ReplyKind
from forum.questions.writing import Posted
from forum.reactions.helping import say_helped
from forum.reactions.voting import give_kudos
from forum.solutions import proposing, sweeping
from moderation.escalation import cases
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.incidents import declaring, linking
from moderation.incidents.declaring import Words
from moderation.legal_notices import submitting
from moderation.legal_notices.forms import NoticeDraft
from moderation.legal_notices.rules import LegalGround, Place, Subject
from moderation.private import talking

Find = Callable[[str], Actor]
Let = Callable[[Posted], object]
Act = tuple[datetime, Callable[[], None]]

TITLES = {
    "details": ("mireille", "lavage", 30, "Le lave-linge s’arrête au milieu du cycle", "Il s’arrête, puis plus rien. Que puis-je vérifier avant d’appeler ?"),
    "rests": ("paul", "tv-son", 24 * 22, "L’image saute le soir", "Depuis quelques semaines l’image saute, surtout le soir."),
    "tip": ("colette", "cuisson", 9, "Le four met longtemps à chauffer", "Vingt-cinq minutes pour arriver à 180 degrés. Est-ce normal ?"),
    "proposed": ("nora", "aspirateurs", 24 * 3, "L’aspirateur siffle depuis le changement de filtre", "Filtre neuf, monté comme l’ancien, et il siffle fort."),
    "presumed": ("fabrice", "froid", 24 * 20, "De l’eau sous le bac à légumes", "Chaque semaine un peu d’eau sous le bac. Je l’essuie, elle revient."),
    "incident": ("helene", "maison-connectee", 5, "L’application ne trouve plus mes appareils", "Depuis ce matin l’application ne voit plus rien, ni en wifi ni en 4G."),
    "private": ("sylvie", "commandes", 26, "Deux colis pour une seule commande", "J’ai reçu deux fois la même commande. Comment rendre l’un des deux ?"),
    "masked": ("sylvie", "commandes", 16, "Reporter un paiement après un licenciement", "Je viens de perdre mon emploi et ma commande est payée en trois fois. Peut-on décaler une échéance ?"),
    "duplicate": ("paul", "lavage", 21, "Ondéa 8 et code E18 : le tambour reste plein", "E18 depuis ce matin, et l’eau ne part pas. Que faire en premier ?"),
    "merged": ("helene", "lavage", 19, "E18, impossible de vider la machine", "Même code que tout le monde, et la trappe est coincée. Comment l’ouvrir ?"),
}  # fmt: skip
"""By key: who asks, in which category, how many hours ago, title and text."""

UNNAMED = frozenset({"state:masked"})
"""Asked under a mask."""

DELAY = "Oui : écrivez au service client avant la date, ils décalent une échéance d’un mois sans frais. Courage à vous."

DETAIL = "Pouvez-vous dire le modèle exact, et si un code s’affiche quand il s’arrête ?"
TIP = "En attendant : laissez la grille à mi-hauteur et fermez bien la porte, le joint compte beaucoup."
WHISTLE = "Le joint du filtre neuf se retourne souvent au montage : sortez-le, posez-le lèvre vers l’extérieur, puis clipsez."
HATCH = (
    "La trappe s’ouvre en glissant une carte de fidélité dans la fente de droite, sans forcer sur l’ergot."
)
DRAIN = "Le petit trou d’évacuation au fond est bouché : passez-y un cure-pipe, l’eau repart par l’arrière."


BROKEN = Words("L’application ne trouve plus les appareils", "The app does not find any device")
DOING = Words(
    "Un serveur est en panne depuis ce matin. L’équipe technique le remplace.",
    "A server has been down since this morning. The technical team is replacing it.",
)
RECALLED = "Perco Uno"
RECALL = (
    "Rappel : réservoirs Perco Uno fabriqués en mars",
    "Recall: Perco Uno tanks made in March",
    "Le joint de ces réservoirs peut fuir. Débranchez la machine et demandez un réservoir neuf, envoyé sans frais.",
    "The seal of these tanks may leak. Unplug the machine and ask for a new tank, sent free of charge.",
)
COPIED = (
    "La photo de ce message vient de mon blog, où j’interdis la reprise. Je n’ai donné d’accord à personne."
)
IN_PRIVATE = "Bonjour Sylvie, envoyez-moi ici votre numéro de commande : je prépare l’étiquette de retour."


def acts(now: datetime, ids: dict[str, int], who: Find, let: Let) -> Iterable[Act]:
    """What happens in these questions, each at its own moment; ``ids`` fills while they are asked."""

    def later(key: str, hours: float, do: Callable[[int], object]) -> Act:
        return now - timedelta(hours=TITLES[key][2] - hours), lambda: _do(do, ids[f"state:{key}"])

    def reply(by: str, text: str, kind: ReplyKind = ReplyKind.ANSWER) -> Callable[[int], object]:
        return lambda question_id: let(answer_question(who(by), question_id, body=text, kind=kind))

    yield later("details", 1, reply("gerard", DETAIL, ReplyKind.NEEDS_INFO))
    yield later("rests", 2, reply("camille", DETAIL, ReplyKind.NEEDS_INFO))
    yield later("tip", 1, reply("samia", TIP, ReplyKind.TIP))
    yield later("proposed", 1, partial(_propose, who, let))
    yield later("presumed", 3, partial(_useful, who, let))
    yield later("masked", 2, reply("gerard", DELAY))
    yield later("duplicate", 1, lambda question_id: mark_duplicate(who("camille"), question_id, ids["t0"]))
    yield later("merged", 1, reply("tony", HATCH))
    yield later("merged", 2, lambda question_id: merge_question(who("camille"), question_id, ids["t0"]))
    yield later("incident", 1, partial(_broken, who))
    yield later("private", 1, partial(_in_private, who))
    yield now - timedelta(days=2), partial(_recall, who)
    yield later("tip", 3, partial(_reported, who))
    yield later("presumed", 24 * 19 + 20, partial(_said_illegal, who))


def settle() -> None:
    """What time has done meanwhile."""
    sweeping.tend_waiting()
    sweeping.presume_solved()


def _propose(who: Find, let: Let, question_id: int) -> None:
    posted = answer_question(who("ines"), question_id, body=WHISTLE)
    let(posted)
    proposing.propose_solution(who("gerard"), question_id, posted.id)
    for name in ("mireille", "tony"):
        say_helped(who(name), posted.id, True, "")


def _useful(who: Find, let: Let, question_id: int) -> None:
    posted = answer_question(who("tony"), question_id, body=DRAIN)
    let(posted)
    give_kudos(who("camille"), posted.id)


def _recall(who: Find) -> None:
    category_id = db.session.scalar(select(Category.id).where(Category.key == "cafe"))
    product_id = db.session.scalar(select(Product.id).where(Product.name == RECALLED))
    products = () if product_id is None else (product_id,)
    bulletins.write(
        who("camille"),
        Draft(category_id or 0, products, *RECALL, url="/fr/help", begins_at=None, ends_at=None),
    )


def _broken(who: Find, question_id: int) -> None:
    category_id = db.session.scalar(select(Question.category_id).where(Question.id == question_id))
    incident_id = declaring.declare(who("camille"), BROKEN, DOING, category_id, None)
    linking.attach(who("camille"), incident_id, question_id)


def _reported(who: Find, question_id: int) -> None:
    flag(who("helene"), question_id, FlagReason.WRONG_CATEGORY, "Plutôt dans Entretien ?")


def _said_illegal(who: Find, question_id: int) -> None:
    sender = who("sylvie")
    draft = NoticeDraft(
        Place(Subject.POST, question_id),
        f"/fr/a/{question_id}",
        LegalGround.COPYRIGHT,
        COPIED,
        sender.display_name,
        "sylvie@example.org",
    )
    submitting.submit(sender, draft, "")


def _in_private(who: Find, question_id: int) -> None:
    case_id = cases.open_by_hand(who("camille"), question_id)
    talking.begin(who("camille"), case_id, IN_PRIVATE)


def _do(do: Callable[[int], object], question_id: int) -> None:
    do(question_id)
