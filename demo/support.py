"""The team's support in the demonstration: who works in which team, their templates, cases at every step of the board."""

from __future__ import annotations

from sqlalchemy import select

from common.db import db
from demo.programme import actor
from forum.questions.models import Question
from moderation.escalation import cases, laddering
from moderation.escalation.models import Case
from moderation.escalation.rules import CaseState
from moderation.macros import keeping
from moderation.macros.keeping import MacroDraft
from moderation.routing.models import SupportTeam
from moderation.routing.ordering import founding, teaming

TEAMS = {
    "service": ("yanis", "camille"),
    "after-sales": ("camille",),
    "quality": ("camille",),
    "marketing": ("yanis",),
    "community": ("yanis",),
}
TEMPLATES = (
    MacroDraft("Merci, et première vérification", "Bonjour {{asker|à vous}}, merci pour votre question sur {{product|votre appareil}}. Commencez par ceci :\n\n1. \n\nDites-nous ici ce que cela donne.\n\n{{agent}}, équipe {{brand}}", "fr", is_shared=True),
    MacroDraft("Thank you, and a first check", "Hello {{asker|there}}, thank you for your question about {{product|your appliance}}. Start with this:\n\n1. \n\nTell us here how it goes.\n\n{{agent}}, {{brand}} team", "en", is_shared=True),
    MacroDraft("Numéro de commande, en privé", "Bonjour {{asker|à vous}}, pour {{title}} il me faut votre numéro de commande. Ici, vous et moi seuls le lisons.\n\n{{agent}}, équipe {{brand}}", "fr", is_public=False, is_shared=True),
)  # fmt: skip
SMELL = "Odeur d’égout dans le lave-vaisselle"
OVEN = "Le four met longtemps à chauffer"
PART = "Pièce 40-118 introuvable"
NOTES = (
    ("yanis", "Cinq fils semblables depuis octobre, tous sur Calme 60. J’ai demandé au laboratoire."),
    (
        "camille",
        "Confirmé : clapet anti-retour monté à l’envers sur certains lots. Je réponds avec la vérification.",
    ),
)
HEATING = (
    "Vingt-cinq minutes pour 180 degrés, c’est normal en chaleur traditionnelle. Avec la chaleur tournante, comptez douze minutes : "
    "si vous en êtes loin, le joint de porte est à changer."
)
WHICH = "La plaque au dos de la porte donne le modèle exact : que dit sa première ligne ?"


def found_teams(members: dict[str, int]) -> None:
    """Marc founds the usual teams and says who works where; Camille writes templates for everybody."""
    marc = actor(members, "marc")
    founding.found_usual(marc)
    ids = {row.key: row.id for row in db.session.scalars(select(SupportTeam))}
    for team, people in TEAMS.items():
        for key in people:
            teaming.seat(marc, ids[team], members[key])
    for draft in TEMPLATES:
        keeping.save(actor(members, "camille"), draft)


def work(members: dict[str, int]) -> None:
    """What the clocks brought to the team is taken, noted, asked about and answered; the rest waits to be taken. Looked at
    every hour, so that each case has its true moments."""
    laddering.sweep()
    camille, yanis = actor(members, "camille"), actor(members, "yanis")
    if smell := _queued(SMELL):
        cases.take(camille, smell)
        for key, words in NOTES:
            cases.note(actor(members, key), smell, words)
        cases.wait_internally(camille, smell, "laboratoire")
    if part := _queued(PART):
        cases.wait_for_asker(camille, part, WHICH)
    if oven := _queued(OVEN):
        cases.take(yanis, oven)
        cases.answer_officially(yanis, oven, HEATING)


def _queued(title: str) -> int | None:
    query = select(Case.id).join(Question, Question.id == Case.question_id)
    return db.session.scalar(query.where(Question.title.startswith(title), Case.state == CaseState.QUEUED))
