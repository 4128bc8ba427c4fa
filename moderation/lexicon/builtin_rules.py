"""The words the house begins with, by list and language: version 1 of the lexicon. Source: domain/escalation.md §C2.1."""

from __future__ import annotations

BUILT_IN_NUMBER = 1

BUILT_IN: dict[str, dict[str, tuple[str, ...]]] = {
    "danger": {
        "fr": (
            "brule", "brules", "brulee", "brulees", "bruler", "brulait", "brulant", "brulante", "brulure",
            "brulures", "crame", "fumee", "fumees", "ca fume", "il fume", "elle fume", "qui fume", "fume",
            "fumait", "etincelle*", "choc electrique", "decharge electrique", "une decharge", "electrocut*",
            "prend feu", "pris feu", "prendre feu", "en feu", "incendie*", "flammes", "flamme", "explose",
            "explosee", "exploser", "explosion", "blessure*", "blesse", "blessee", "blesses", "etouff*",
            "s'etrangl*", "allergique*", "allergie*", "rappel produit", "rappel de produit", "rappel de lot",
            "campagne de rappel", "rappel constructeur", "surchauffe*", "fondu", "fondue", "court circuit",
            "intoxication", "odeur de gaz", "fuite de gaz",
        ),
        "en": (
            "burn", "burns", "burned", "burnt", "burning", "smoke", "smoking", "sparks", "sparking", "spark",
            "electric shock", "electrical shock", "a shock", "shocks", "shocked me", "electrocut*", "fire",
            "flame", "flames", "explod*", "explosion*", "injury", "injuries", "injured", "hurt", "hurts", "choke",
            "choked", "choking", "allergic", "allergy", "product recall", "safety recall", "recalled", "overheat*",
            "melted", "melting", "poison*", "short circuit", "gas leak",
        ),
    },
    "harmless": {
        "fr": (
            "vitre fumee", "verre fume", "vitres fumees", "verre fumee", "saumon fume", "saumon fumee",
            "ecran de fumee", "detecteur de fumee", "creme brulee", "feu vert", "fondu enchaine", "fondue savoyarde",
        ),
        "en": (
            "burn cd", "burn a cd", "burn dvd", "burn a dvd", "burn disc", "burn a disc", "burn in",
            "burning question", "burn rate", "fire tv", "fire stick", "fire hd", "fire tablet", "fire up",
            "fire wall", "camp fire", "smoke test", "smoke tests", "smoke free", "smoke detector", "smoke alarm",
            "smoking gun", "burn after", "recalled that", "recalled email*", "recalled message*", "recalled mail*",
            "a shock to", "as a shock", "flame war*", "a hurt", "hurt to", "hurt anything", "shock absorber*",
            "spark plug*", "spark joy", "spark line*",
        ),
    },
    "law": {
        "fr": (
            "avocat", "avocate", "tribunal", "mise en demeure", "huissier", "porter plainte", "porte plainte",
            "plainte", "dgccrf", "repression des fraudes", "signal conso", "signalconso", "ufc que choisir",
            "60 millions de consommateurs", "mediateur", "journaliste", "action en justice", "poursuites",
        ),
        "en": (
            "lawyer", "lawyers", "attorney", "solicitor", "sue you", "lawsuit", "legal action",
            "legal proceedings", "court", "small claims", "formal notice", "consumer protection",
            "trading standards", "ombudsman", "regulator", "journalist", "newspaper",
        ),
    },
    "money": {
        "fr": (
            "fraude", "frauduleux", "frauduleuse", "carte volee", "debite deux fois", "debitee deux fois",
            "preleve deux fois", "prelevement non autorise", "paiement non autorise", "compte pirate",
            "compte a ete pirate", "compte vole", "usurpation", "fuite de donnees", "rgpd", "cnil",
        ),
        "en": (
            "fraud", "fraudulent", "stolen card", "charged twice", "double charged", "double charge",
            "unauthorised payment", "unauthorized payment", "unauthorised charge", "unauthorized charge",
            "account hacked", "hacked account", "account was hacked", "account stolen", "identity theft",
            "data breach", "personal data leak*", "gdpr",
        ),
    },
    "urgency": {
        "fr": (
            "urgent", "urgente", "urgence", "aujourd'hui", "demain", "ce soir", "bloque", "bloquee", "bebe",
            "nourrisson", "medicament*", "insuline", "oxygene",
        ),
        "en": (
            "urgent", "urgently", "asap", "today", "tomorrow", "tonight", "blocked", "stuck", "baby", "medical",
            "medication", "insulin", "oxygen", "deadline",
        ),
    },
    "tone": {
        "fr": (
            "inacceptable*", "inadmissible*", "furieux", "furieuse", "decu", "decue", "decus", "decues", "decevant*", "decoit",
            "deception*", "deplorable*", "honteux", "honteuse", "c'est une honte", "c'est nul", "vraiment nul", "nulle a", "trop nul",
            "arnaque*", "ras le bol", "marre", "lamentable*", "agace", "agacee", "agacant*", "agacement", "enerve*", "exaspere*",
            "exasperant*", "frustr*", "penible*", "insupportable*", "intolerable*", "scandaleux", "scandaleuse*", "un scandale",
            "catastrophe*", "catastrophique*", "inutilisable*", "ingerable*", "mecontent*", "insatisfait*", "en colere", "lasse de",
            "lasse des", "lassant", "fatiguant*", "fatigant*", "galere*", "desesper*", "desagreable*", "horrible*", "perte de temps",
            "perdu des heures", "merde*", "merdique*", "pourri", "pourrie", "n'importe quoi", "c'est la cata", "impardonnable*",
            "au secours", "de pire en pire", "plus que genant", "tres genant", "tres mauvais", "tres mauvaise",
        ),
        "en": (
            "unacceptable", "scandal*", "furious", "angry", "anger", "disappointed", "disappointing", "disappointment", "terrible",
            "terribly", "awful", "useless", "ridiculous*", "disgusted", "disgusting", "shameful", "frustrat*", "annoying", "annoyed",
            "annoyance*", "annoys", "horrible", "horrendous", "horrid", "dreadful", "appalling", "the worst thing", "the worst part", "the worst is", "worst ever", "worse than", "nightmare",
            "a disaster", "total disaster", "disastrous", "pathetic", "unusable", "infuriat*", "maddening", "irritat*", "aggravating", "exasperat*",
            "upset", "upsetting", "unhappy", "fed up", "sick of", "sick and tired", "am tired of", "so tired of", "getting tired", "had enough", "i hate", "hate this",
            "hate that", "hate it", "hate the", "so stupid", "this stupid", "idiotic", "crap", "crappy", "sucks", "bullshit", "wtf", "driving me",
            "drives me", "waste of time", "wasted hours", "wasting my time", "lost patience", "ruined", "at wits end", "at my wits",
            "wit's end", "giving up on", "ready to give up", "piece of junk", "absurd", "insane", "inexcusable", "outrageous",
        ),
    },
}  # fmt: skip
"""A phrase is one or more words; ``*`` at the end of a word stands for any ending. Accents and case do not matter."""
