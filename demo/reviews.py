"""What the people of the demonstration say of their devices; invented like everything of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from common import clock
from common.db import db
from common.permissions import Actor
from forum.content.reviews import replying, voting, writing
from forum.content.reviews.forms import Typed, read_draft
from forum.products.models import Product
from forum.questions.writing import Posted

REVIEWS = [
    ("mireille", "BR-ON8", 5, "Dix mois, aucun souci", "Quatre lessives par semaine depuis dix mois : elle essore bien, fait peu de bruit et le tiroir se nettoie en une minute.", "Silencieuse\nTiroir facile à nettoyer", "Hublot un peu lourd"),
    ("gerard", "BR-ON8", 4, "Solide, avec une notice trop courte", "Montée moi-même, mise à niveau en dix minutes. Le filtre est accessible, ce qui n’est pas le cas partout. La notice passe trop vite sur les codes.", "Filtre accessible", "Notice trop courte"),
    ("aicha", "BR-ON6", 2, "Trop de vibrations chez moi", "Sur un parquet ancien elle vibre à l’essorage malgré la mise à niveau. Le linge ressort propre, mais les voisins l’entendent.", "Linge propre", "Vibre à l’essorage"),
    ("samia", "BR-PU1", 5, "Testée pendant trois semaines", "Reçue pour un test : café chaud et régulier, bac facile à rincer. Le réservoir est un peu petit pour quatre personnes.", "Café régulier", "Petit réservoir"),
]  # fmt: skip
"""Who, of what, stars, title, text, good and less good points."""
REPLY = ("aicha", "Bonjour Aïcha, merci pour ce retour. Un tapis antivibration de 2 cm suffit souvent sur parquet ; demandez-nous la cale fournie gratuitement.")  # fmt: skip


def write(who: Callable[[str], Actor], let: Callable[[Posted], None]) -> None:
    """Write them by the verbs that members use; the brand replies to one, and two are found useful."""
    products = dict(db.session.execute(select(Product.key, Product.id)).tuples().all())
    made: dict[str, int] = {}
    for name, key, stars, title, words, pros, cons in REVIEWS:
        day = (clock.now() - timedelta(days=9)).date().isoformat()
        draft = read_draft(who(name), Typed(str(stars), title, words, pros, cons, day))
        posted = writing.write_review(who(name), products[key], draft)
        let(posted)
        made[name] = posted.id
    replying.reply_to(who("camille"), made[REPLY[0]], REPLY[1])
    for name in ("gerard", "samia"):
        voting.find_useful(who(name), made["mireille"])
