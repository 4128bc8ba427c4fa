"""The words and pairs of words of a text, as the search knows words: folded and stemmed. Pure."""

from __future__ import annotations

import re

from forum.search.words import is_stop, stem, words

SHORTEST = 3
_WEAK = {
    "fr": """actuellement aide aider ainsi ajoute ajouter alors apres arrive arriver assez aujourd hui aucun aucune autre autres avait
        avant bien bonne bonsoir bref cas cause certain certaine chez chose choses coup demande demander dernier derniere deja deux dire dit
        effet egalement encore enfin essaie essaye essayer eviter exemple facon faut fonctionne fonctionnement fonctionner forum grace gens
        hier idee impossible information informations jour jours jusque lors maintenant marche marcher message moment mieux mois nouveau
        nouvelle parfois part passe permet personne petit peux possible pouvez pouvoir presque premier premiere probleme problemes puis
        question questions reponse reponses rien sait salut savoir semaine semble seul seule seulement simple simplement soit solution
        solutions souhaite suite sujet svp temps toujours trop trouve trouver utilise utiliser utilisation vais vers veut veux voici voila
        voir vois vouloir voudrais vraiment vu""",
    "en": """able actually advice already always another answer answers anybody anyone anything appreciated away back better both called came
        case come day days does doing done dont each else even ever every everything fine first found getting give given goes going gone good
        great guess happen happened happens help hi hope idea information instead issue issues keep keeps kind know last later least let like
        little long look looking looks lot made make makes many maybe mean message might month more most much must need needs never new next
        nothing now ok old one only other others own part people please point possible post problem problems put question questions quite
        rather read really reply right said same saw say see seem seems seen seriously several should since solution solved someone something
        sometimes somewhere soon still stuff sure take tell thank thing things think thought time times today together told tomorrow topic
        tried try trying turn two under until use used user users uses using usual usually want wanted wants way week weeks well went while
        whole without wonder wondering work worked working works wrong year years yes yesterday yet""",
}  # fmt: skip
_WEAK_WORDS = {language: frozenset(said.split()) for language, said in _WEAK.items()}
"""Words that people say of anything: they rise with whatever is talked of, and tell nothing of it."""
_CLAUSE_ENDS = re.compile(r"[.!?;:\n()«»\"]")


def terms(text: str, language: str, left_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """The words and pairs of a text by their stems, each as it is written there. A pair may have one word between that says
    nothing ("machine à laver"), and never crosses the end of a clause.
    Numbers and what hangs on one ("128.1.0esr") are no words."""
    found: dict[str, str] = {}
    last: tuple[str, int, int] | None = None
    gap = 0
    for start, end, word in words(text):
        number = word.isdigit() or (word[0].isdigit() and text[start - 1 : start] == ".")
        if word in left_out or number:
            last = None
            continue
        if len(word) < SHORTEST or is_stop(word, language) or word in _WEAK_WORDS.get(language, ()):
            gap += 1
            continue
        one = stem(word, language)
        found.setdefault(one, text[start:end].lower())
        if last is not None and gap <= 1 and not _CLAUSE_ENDS.search(text, last[2], start) and last[0] != one:
            found.setdefault(f"{last[0]} {one}", " ".join(text[last[1] : end].lower().split()))
        last, gap = (one, start, end), 0
    return found


def names_left_out(*texts: str) -> frozenset[str]:
    """The folded words of names that say nothing about what is talked of: the brand, the community."""
    return frozenset(word for text in texts for _start, _end, word in words(text))
