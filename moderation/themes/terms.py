"""The words and pairs of words of a text, as the search knows words: folded and stemmed. Pure."""

from __future__ import annotations

import re

from forum.search.words import is_stop, stem, words

SHORTEST = 3
_WEAK = {
    "fr": """actuellement aide aider ailleurs ainsi ajoute ajouter alors annee annees aout apparemment approche apres arrive arriver
        assez aucun aucune aujourd aurait auriez autre autres avait avant avril beaucoup besoin bien bonne bonsoir bref cas
        cause cela celle celui cependant certain certaine certains cet chez chose choses cordialement coup crois cru decembre deja
        demande demander depuis dernier derniere dernieres derniers desole deux dimanche dire dit dois doit doute effectue effet
        egalement encore enfin entre essaie essaye essayer etaient etais etre eviter exemple facon fallait faut fevrier fin
        fonctionne fonctionnement fonctionner forum gens gentil grace hasard heure heures heureusement hier hui idee impossible
        information informations jamais janvier jeudi jour jours juillet juin jusqu jusque longtemps lors lorsque lundi mai
        maintenant malgre malheureusement marche marcher mardi mars matin meilleur merci mercredi message mieux minute minutes
        moins mois moment neanmoins normal normalement nouveau nouveaux nouvelle nouvelles novembre octobre ok parce pareil parfois
        parle parmi part pas passe pendant pense penser permet personne petit peux pieds plusieurs plutot possible pourrait
        pourriez pourtant pouvais pouvez pouvoir premier premiere prend prends pres presque probleme problemes puis quelqu
        quelque quelques question questions quoi rapidement recemment rencontre rendre reponse reponses reste reussi rien
        sait salut samedi sauf savoir selon semaine semble septembre serait sert seul seule seulement simple simplement sinon soir
        soit solution solutions souci soucis soudain souhaite souvent suite sujet sur svp sympa tant tard tel telle tellement temps
        tente tenter tot toujours tres trois trop trouve trouver utilisation utilise utiliser vais vendredi vers veut veux
        visiblement voici voila voir vois volontiers voudrais voulais vouloir voulu vraiment vu""",
    "en": """able across actually advice afraid again against ago ahead almost alone along already although always among amongst
        another answer answers anybody anyhow anymore anyone anything anyway apparently appear appears appreciated apr april ask
        asked asking asks assume assumed assuming attempt attempted aug august away back because become becomes been before began
        begin being believe below beside besides best better between beyond big bit both called came case cause caused causes
        causing certain certainly clear clearly com come community complete completely confirm confirmed contain contained
        contains correct correctly couple course currently day days dec december despite difference different difficult directly
        does doing done dont during each earlier early easily easy either else enough entire especially etc even eventually ever
        every everything exact exactly example except expect expected explain explained explanation extra fact fairly far feb
        february feel few figure final finally find finding fine first follow followed following follows former forward found
        frequently friday future gave general generally generic gets getting give given gives giving glad goes going gone good
        great guess guys half happen happened happening happens happy hard hardly help helped helpful helping helps hence hi hope
        hour hours however htm html http https idea ideas immediately including indeed information initial initially inside
        instead issue issues jan january jul july jun june keep keeps kept kind knew know knows last lately later latter least
        leave leaves left less let like likely literally little long look looked looking looks lot luck made mainly make makes
        manner many march matter may maybe mean meaning means meant meantime mention mentioned message might min minute minutes
        monday month months more moreover morning most much must myself named nearly necessary need needed needs neither never
        new next nice nobody non none normal normally note noted nothing noticed nov november now numerous obvious obviously
        occasionally occur occurred occurring occurs oct october often ok old once one ones only opinion org other others
        otherwise ourselves outside over own part particular particularly people per perfect perfectly perhaps php please plus pm
        point possible possibly post posted posting posts prefer presumably previous previously prior probably problem problems
        properly provide provided purpose put question questions quick quickly quite ran random rather read realize really reason
        reasons recent recently regard regarding regards related remain remains remember reply resolve resolved respond response
        result results right said same saturday saw say second seconds see seeing seem seems seen sense sep sept september
        seriously several should simple simply since single situation six small solution solved somehow someone something
        sometimes somewhere soon sorry sort specific started starting starts step steps still stopped straight stuff succeed
        success successful successfully such sudden suddenly suggest suggested suggestion suggestions sunday suppose supposed
        sure take taken takes taking tell tells terms test tested testing than thank that thing things think though thought three
        through throughout thursday thus till time times today together told tomorrow topic total totally toward towards tried
        trouble true truly try trying tuesday turn twice two typical typically unable under understand unfortunately unless
        unlike until use used user users uses using usual usually various very via want wanted wants way wednesday week weeks
        weird well went whatever whenever whether while whoever whole whose willing wish within without won wonder wonderful
        wondering word words work worked working works worth written wrong wrote www year years yep yes yesterday yet yourself""",
}  # fmt: skip
_WEAK_WORDS = {language: frozenset(said.split()) for language, said in _WEAK.items()}
"""Words that people say of anything: they rise with whatever is talked of, and tell nothing of it."""
_CLAUSE_ENDS = re.compile(r"[.,!?;:\n()«»\"]")
_ASIDES = re.compile(
    r"https?://\S+|\bwww\.\S+|\S+@\S+|@\w+(?: [A-Z]\w+)?"
    r"|\b(?:[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|[Tt]hanks|[Tt]hank you|[Bb]onjour|[Bb]onsoir|[Ss]alut|[Mm]erci|[Cc]h(?:er|ère))"
    r",?(?: (?:to|à))?(?: [A-Z][\w-]+){1,2}|^[^\n]{1,60} (?:said|wrote|a dit|a écrit)\W*$|\n\W*[A-Z]\w*(?: [A-Z]\w*)?\W*\Z",
    re.MULTILINE,
)
"""Addresses of pages and people, whom somebody greets, thanks or quotes, and the name at the end: nothing of what they speak of."""
FEW_WORDS = 12
LEAST_STOPS = 0.15
"""Prose in French or in English has a third to a half of stop words of its language; of another's, hardly one in ten."""


def terms(text: str, language: str, left_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """The words and pairs of a text by their stems, each as it is written there. A pair may have one word between that says
    nothing ("machine à laver"), and never crosses the end of a clause.
    Numbers and what hangs on one ("128.1.0esr") are no words, nor are asides."""
    found: dict[str, str] = {}
    text = _ASIDES.sub(lambda aside: "." * len(aside[0]), text)
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


def is_in(text: str, language: str) -> bool:
    """Whether a text seems to be in a language: people write in others than the one their text is filed under.
    Few words are believed."""
    said = [word for _start, _end, word in words(_ASIDES.sub(" ", text)) if not word[0].isdigit()]
    return len(said) < FEW_WORDS or sum(is_stop(word, language) for word in said) >= LEAST_STOPS * len(said)


def names_left_out(*texts: str) -> frozenset[str]:
    """The folded words of names that say nothing about what is talked of: the brand, the community."""
    return frozenset(word for text in texts for _start, _end, word in words(text))
