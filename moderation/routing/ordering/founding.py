"""The usual teams and rules (domain/escalation.md §C2.2), for a community that begins."""

from __future__ import annotations

from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.routing import lists
from moderation.routing.ordering.editing import RuleDraft, add_rule
from moderation.routing.ordering.teaming import TeamDraft, found_team
from moderation.routing.permissions import can_order

TEAMS = {
    "service": TeamDraft("Service client", "Customer service", is_fallback=True),
    "quality": TeamDraft("Qualité et juridique", "Quality and legal", takes_danger=True),
    "after-sales": TeamDraft("Service après-vente", "After-sales"),
    "marketing": TeamDraft("Marketing", "Marketing"),
    "community": TeamDraft("Équipe de la communauté", "Community team"),
    "outside": TeamDraft("Prestataire", "Outside provider", is_outside=True),
}
WORDS = {
    "after-sales": ("Fault, repair, warranty", """
        warranty, guarantee, repair*, spare part*, broken, faulty, defect*, breakdown, stopped working, leaks, leaking, error code,
        garantie, repar*, reparation*, piece detachee, pieces detachees, panne, en panne, casse, cassee, defaut, defectueu*,
        fuit, fuite, code erreur, ne marche plus, ne fonctionne plus, sav
    """),
    "service": ("Order, delivery, payment, refund, account", """
        order, orders, ordered, delivery, delivered, parcel*, shipping, invoice*, payment*, refund*, return label, my account,
        password, commande*, livraison*, livre, livree, colis, facture*, paiement*, rembours*, etiquette de retour,
        retractation, mon compte, mot de passe
    """),
    "community": ("Conduct, badges, help with the forum", """
        badge*, my points, my rank, forum, moderator*, report a member, community rules, mes points, mon rang, moderateur*,
        moderation, signaler un membre, charte
    """),
    "marketing": ("Before a purchase, promotions, suggestions", """
        before buying, buy, which one, compare*, comparison, promotion*, promo code, discount*, suggestion*, new colour,
        avant d'acheter, acheter, lequel choisir, laquelle choisir, comparer, comparaison, code promo, remise*,
        nouveaute*, catalogue
    """),
}  # fmt: skip


def found_usual(actor: Actor) -> int:
    """Make the usual teams and rules; returns how many teams. Raises Forbidden, Conflict (there are teams already)."""
    require(can_order(actor))
    with unit_of_work():
        if lists.teams():
            raise Conflict(_("There are teams already: change those."))
        ids = {key: found_team(actor, draft, key) for key, draft in TEAMS.items()}
        for key, (name, words) in WORDS.items():
            phrases = tuple(sorted({" ".join(one.split()) for one in words.split(",")}))
            add_rule(actor, RuleDraft(name, ids[key], words=phrases), str(_("the usual rules")))
    return len(ids)
