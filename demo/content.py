"""The demonstration brand, long because it is text and not logic: invented people, products and questions.

Made for showing the product; nothing here is real. Times are hours before the moment of loading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "le-sentier-demo"


@dataclass(frozen=True)
class Person:
    """A demonstration account; ``brought`` and ``rank`` are what they had before it begins."""

    key: str
    name: str
    role: str = "member"
    language: str = "fr"
    days: int = 200
    bio: str = ""
    city: str = ""
    brought: int = 0
    rank: int = 0

    @property
    def email(self) -> str:
        """Where the demonstration pretends to write to."""
        return f"{self.key}@demo.example"


PEOPLE = [
    Person(
        "mireille",
        "Mireille D.",
        days=260,
        city="Nantes",
        bio="Trois enfants, une machine à laver qui ne chôme pas.",
        brought=320,
        rank=2,
    ),
    Person(
        "gerard",
        "Gérard A.",
        days=900,
        city="Tours",
        bio="Ancien électromécanicien. J’ouvre, je regarde, je raconte.",
        brought=6400,
        rank=5,
    ),
    Person(
        "samia",
        "Samia K.",
        days=500,
        city="Lille",
        bio="Le café et ce qui le fait. Une Perco Uno, deux moulins.",
        brought=2300,
        rank=4,
    ),
    Person(
        "aicha",
        "Aïcha L.",
        days=620,
        city="Marseille",
        bio="Lavage et petits bricolages du dimanche.",
        brought=2250,
        rank=4,
    ),
    Person("tony", "Tony M.", days=430, city="Metz", brought=2120, rank=4),
    Person(
        "ines",
        "Inès V.",
        days=380,
        city="Bordeaux",
        bio="Aspirateurs, poils de chat et patience.",
        brought=760,
        rank=3,
    ),
    Person(
        "paul",
        "Paul-Henri L.",
        days=700,
        city="Rennes",
        bio="Son, image et branchements.",
        brought=2080,
        rank=4,
    ),
    Person("colette", "Colette J.", days=150, city="Dijon", brought=130, rank=2),
    Person("nora", "Nora H.", days=120, rank=2),
    Person("fabrice", "Fabrice M.", days=310, brought=140, rank=2),
    Person("jonas", "Jonas P.", language="en", days=90, city="Brighton", rank=2),
    Person("bastien", "Bastien C.", days=40, rank=1),
    Person("helene", "Hélène F.", days=25, rank=1),
    Person("karim", "Karim B.", days=75, rank=2),
    Person("lucas", "Lucas V.", days=210, rank=1),
    Person("sylvie", "Sylvie N.", days=60, rank=1),
    Person("walter", "Walter K.", days=1),
    Person("nadia", "Nadia B.", role="moderator", days=800),
    Person("camille", "Camille R.", role="agent", days=760, bio="Conseillère technique de l’équipe Brévane."),
    Person("yanis", "Yanis A.", role="agent", days=300),
    Person("marc", "Marc T.", role="manager", days=820),
    Person("admin", "Équipe technique", role="admin", days=900),
]

CATEGORIES = [
    ("lavage", "Lavage", "Washing", "wash", "trust"),
    ("froid", "Froid", "Cooling", "fridge", "trust"),
    ("cuisson", "Cuisson", "Cooking", "oven", "trust"),
    ("cafe", "Café", "Coffee", "coffee", "trust"),
    ("aspirateurs", "Aspirateurs", "Vacuum cleaners", "vac", "trust"),
    ("tv-son", "TV et son", "TV and sound", "tv", "trust"),
    ("maison-connectee", "Maison connectée", "Smart home", "wifi", "trust"),
    ("commandes", "Commandes et livraison", "Orders and delivery", "truck", "trust"),
    ("garantie", "Garantie et SAV", "Warranty and repair", "shield", "trust"),
    ("coin-des-membres", "Le coin des membres", "Members’ corner", "users", "reactive"),
]

FOLLOWS = [
    ("gerard", "lavage"),
    ("gerard", "froid"),
    ("samia", "cafe"),
    ("walter", "lavage"),
    ("colette", "cuisson"),
]
"""Who follows which category. Walter follows Gérard as well."""

PRODUCTS = [
    ("BR-ON8", "Ondéa 8", "lavage", "p-wash"),
    ("BR-ON6", "Ondéa 6", "lavage", "p-wash"),
    ("BR-CA60", "Calme 60", "lavage", ""),
    ("BR-AL1", "Alizé", "cuisson", "p-air"),
    ("BR-GI320", "Givrine 320", "froid", ""),
    ("BR-BRA", "Braséo", "cuisson", "p-cook"),
    ("BR-PU1", "Perco Uno", "cafe", "p-coffee"),
    ("BR-FX3", "Filao X3", "aspirateurs", ""),
    ("BR-CL55", "Clarté 55", "tv-son", "p-tv"),
    ("BR-BRZ", "Brizéo", "maison-connectee", "p-air"),
]
"""Reference, name, category and drawing of the brand's products."""
WARRANTY = (
    "2 ans, pièces et main-d’œuvre ; 5 ans pour le moteur.",
    "2 years, parts and labour; 5 years for the motor.",
)
FIELDS = [
    ("lavage", "Code affiché", "Code on the display", "text", "E18, F4…", "E18, F4…", ""),
    ("tv-son", "Version du logiciel", "Firmware version", "text", "Réglages, puis À propos.", "Settings, then About.", ""),
    ("commandes", "Étape de la commande", "Stage of the order", "choice", "", "", "Payée | Paid\nPréparée | Packed\nExpédiée | Sent\nLivrée | Delivered"),
]  # fmt: skip
"""What some categories ask besides: category, labels, kind, hints, answers."""
DEVICES = [
    ("mireille", "BR-ON8", True, True), ("mireille", "BR-PU1", False, False), ("gerard", "BR-ON8", True, True),
    ("gerard", "BR-GI320", False, True), ("samia", "BR-PU1", True, True), ("aicha", "BR-ON6", True, True),
    ("ines", "BR-FX3", True, True), ("paul", "BR-CL55", False, True),
]  # fmt: skip
"""Who owns what: whether the shop's data say so, and whether the member lets others see it."""


@dataclass(frozen=True)
class Reply:
    """An answer: who, how many minutes after the question, and what."""

    by: str
    after: int
    text: str
    kudos: tuple[str, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    accepted: bool = False
    official: bool = False


@dataclass(frozen=True)
class Thread:
    """A question and what came of it."""

    by: str
    category: str
    hours: float
    title: str
    text: str
    tags: tuple[str, ...] = ()
    me_too: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()
    language: str = "fr"
    views: int = 40
    facts: dict[str, str] = field(default_factory=dict)


THREADS = [
    Thread(
        "mireille",
        "lavage",
        62,
        "Ondéa 8 : code E18 en fin de cycle, l’eau reste dans le tambour",
        "Bonjour à tous, depuis hier soir ma machine s’arrête à 8 minutes de la fin et affiche **E18**. Le linge baigne dans l’eau, et le hublot reste verrouillé. J’ai une lessive de draps coincée dedans et deux enfants malades, autant dire que ça tombe mal.\n\nY a-t-il moyen de vider sans tout inonder ? Et comment savoir si c’est la pompe ou juste un bouchon ?",
        ("ondea-8", "code-erreur", "vidange"),
        ("nora", "fabrice", "colette", "bastien", "helene"),
        (
            Reply(
                "gerard",
                38,
                "Bonsoir Mireille, E18 = l’eau ne s’évacue plus. Neuf fois sur dix c’est le filtre, et ça se règle en un quart d’heure sans outil :\n\n1. **Débranchez** la machine et fermez le robinet.\n2. Ouvrez la trappe en bas à droite. Sortez le **petit tuyau noir**, posez une bassine plate, retirez son bouchon : l’eau sort doucement (comptez 6 à 8 litres).\n3. Dévissez le filtre d’un demi-tour, puis lentement. Cherchez pièce, baleine de soutien-gorge, barrette.\n4. Avec une lampe, vérifiez que **l’hélice tourne par à-coups** au doigt. Si elle tourne sans résistance, la pompe est à changer.\n5. Remontez, relancez *Essorage seul*. Le code s’efface.\n\nLe hublot se déverrouille deux minutes après la vidange.",
                ("mireille", "nora", "aicha", "tony", "colette", "fabrice", "ines", "paul", "samia"),
                (
                    (
                        "mireille",
                        "Une barrette et une pièce de 20 centimes. Tout est reparti, merci Gérard, vous sauvez ma soirée.",
                    ),
                    (
                        "tony",
                        "Petit ajout : glissez une serpillière *sous* la trappe avant l’étape 2, il reste toujours un fond d’eau.",
                    ),
                ),
                accepted=True,
            ),
            Reply(
                "camille",
                740,
                "Merci Gérard, la procédure est la bonne. Deux précisions : si l’hélice tourne librement, **la pompe est garantie 5 ans** sur Ondéa 8, pièce et déplacement compris. Et n’utilisez pas de déboucheur liquide : il attaque le joint et annule la prise en charge.",
                ("gerard", "mireille", "aicha"),
                official=True,
            ),
            Reply(
                "aicha",
                49,
                "Même panne la semaine dernière. Chez moi le filtre était propre : c’était le **coude du siphon sous l’évier**, bouché par des peluches. Débranchez le tuyau d’évacuation et faites-le couler dans un seau : si l’eau part, le souci vient du siphon.",
                ("mireille", "fabrice", "colette", "nora"),
                (("fabrice", "C’était ça. Trois ans de peluches, je n’avais jamais pensé à regarder là."),),
            ),
            Reply(
                "nora",
                146,
                "@Gérard mon modèle de 2021 n’a pas ce tuyau, juste le filtre. Je fais comment ?",
                ("colette",),
                (
                    (
                        "gerard",
                        "Dévissez le filtre d’un quart de tour seulement et laissez couler par petites quantités. Comptez vingt minutes et beaucoup de serpillières.",
                    ),
                ),
            ),
            Reply(
                "ines",
                737,
                "Pensez aussi au **bouchon du tuyau** après un déménagement : le transporteur met parfois un obturateur orange dans l’évacuation. Vu deux fois ce mois-ci.",
                ("gerard", "mireille"),
            ),
            Reply(
                "colette",
                934,
                "J’ai 74 ans et j’ai réussi seule avec les étapes de Gérard. La trappe s’ouvre avec une pièce de monnaie si les ongles ne suffisent pas.",
                ("gerard", "mireille", "aicha", "nora", "ines"),
            ),
            Reply(
                "fabrice",
                840,
                "Chez nous E18 revenait toutes les deux semaines. On lave les tapis de bain dans un filet depuis, plus jamais eu le code.",
                ("mireille", "colette"),
            ),
        ),
        views=8412,
        facts={"model": "Ondéa 8"},
    ),
    Thread(
        "jonas",
        "aspirateurs",
        0.5,
        "Le Filao X3 s’éteint au bout de 4 minutes en mode turbo, batterie pourtant neuve",
        "Batterie remplacée en septembre sous garantie. En mode éco pas de problème, mais en turbo il coupe net après quatre minutes, filtre propre et brosse dégagée. La batterie affiche encore trois barres.",
        ("filao-x3", "batterie"),
        ("ines", "karim"),
        views=41,
    ),
    Thread(
        "sylvie",
        "cuisson",
        30,
        "Rappel du bouchon vapeur Braséo : mon modèle est-il concerné ?",
        "J’ai reçu un e-mail au sujet du bouchon vapeur, mais mon numéro de série commence par BR7 et non BR6. Puis-je continuer à utiliser l’autocuiseur en attendant ?",
        ("braseo", "rappel"),
        ("colette", "nora", "helene", "fabrice", "karim", "bastien", "lucas"),
        (
            Reply(
                "camille",
                161,
                "Bonjour Sylvie, oui : les séries **BR6-20 à BR7-04** sont concernées. N’utilisez plus la position vapeur ; la cuisson sans pression reste possible. Le bouchon de remplacement est gratuit et part sous 48 heures, sans renvoyer l’appareil.",
                ("sylvie", "colette", "nora", "helene"),
                official=True,
                accepted=True,
            ),
            Reply(
                "tony",
                190,
                "La plaque se trouve sous la poignée, pas sous la cuve : je l’ai cherchée un moment.",
                ("sylvie",),
            ),
        ),
        views=3120,
    ),
    Thread(
        "karim",
        "cafe",
        28,
        "Quel filtre pour la Perco Uno quand l’eau est très calcaire ?",
        "Je suis à 38 °f. Le filtre d’origine tient trois semaines, pas plus, et le café devient tiède. Faut-il un adoucisseur ou existe-t-il une cartouche plus costaude ?",
        ("perco-uno", "calcaire"),
        ("samia", "bastien"),
        (
            Reply(
                "samia",
                55,
                "À 38 °f, prenez la cartouche **FC-2** (la grise) et réglez la dureté sur 4 dans le menu *Entretien*. Elle tient six à sept semaines chez moi. Et détartrez quand même tous les deux mois : le filtre ralentit le calcaire, il ne l’arrête pas.",
                ("karim", "paul", "nora"),
            ),
            Reply(
                "bastien",
                300,
                "J’ai essayé l’eau en bouteille pendant un mois : le café est meilleur, le portefeuille moins.",
            ),
            Reply(
                "gerard",
                900,
                "Un adoucisseur sur toute la maison n’est pas utile pour une cafetière. Une carafe filtrante remplie le soir fait presque aussi bien que la cartouche.",
                ("karim",),
            ),
        ),
        views=260,
    ),
    Thread(
        "lucas",
        "tv-son",
        52,
        "Clarté 55 : plus de son par la barre après la mise à jour 4.2",
        "L’image est parfaite mais la barre n’est plus détectée en eARC depuis la mise à jour. J’ai changé le câble, essayé les trois prises, rien.",
        ("clarte-55", "earc"),
        ("paul", "jonas", "helene", "ines"),
        (
            Reply(
                "paul",
                42,
                "Débranchez **les deux appareils dix minutes**, rebranchez la barre d’abord, puis la télé, et remettez *Réglages > Son > eARC* sur « Auto » : la 4.2 le passe sur « Non » sans le dire. Chez moi le son est revenu aussitôt.",
                ("lucas", "jonas", "ines", "karim", "helene"),
                (("lucas", "Parfait, c’était bien le réglage passé sur Non."),),
                accepted=True,
            ),
            Reply(
                "camille",
                600,
                "La version 4.2.1 rétablit le réglage d’origine. Son déploiement se termine jeudi ; d’ici là, la méthode de Paul-Henri est la bonne.",
                ("paul", "lucas"),
                official=True,
            ),
        ),
        views=2210,
    ),
    Thread(
        "sylvie",
        "froid",
        27,
        "Givrine 320 : glace au fond du bac à légumes, est-ce normal ?",
        "Une fine couche se forme tous les dix jours environ, porte bien fermée. Le reste du réfrigérateur est à 4 °C.",
        ("givrine-320",),
        ("nora",),
        (
            Reply(
                "fabrice",
                60,
                "Regardez le petit trou d’écoulement tout au fond, derrière le bac : s’il est bouché, l’eau gèle au lieu de partir. Un coton-tige et de l’eau tiède suffisent.",
                ("sylvie", "aicha"),
            ),
            Reply(
                "tony",
                130,
                "Chez moi c’était le joint de porte, en bas côté charnière. Passez une feuille de papier : si elle glisse, il est fatigué.",
                ("fabrice",),
            ),
        ),
        views=180,
    ),
    Thread(
        "helene",
        "maison-connectee",
        3,
        "Peut-on relier deux purificateurs Brizéo dans la même pièce de l’application ?",
        "J’en ai un de chaque côté du salon. L’application me propose de remplacer le premier au lieu d’ajouter le second. Y a-t-il une astuce ?",
        ("brizeo",),
        ("karim",),
        views=22,
    ),
    Thread(
        "bastien",
        "lavage",
        26,
        "Odeur d’égout dans le lave-vaisselle malgré le nettoyage du filtre",
        "Filtre, bras et joint nettoyés. L’odeur revient au bout de deux jours, surtout le matin à l’ouverture. Calme 60, posé l’an dernier.",
        ("calme-60", "odeur"),
        ("mireille", "nora", "fabrice", "sylvie", "lucas"),
        views=1240,
    ),
    Thread(
        "nora",
        "lavage",
        44,
        "Code E04 intermittent quand le sèche-linge tourne en même temps",
        "Les deux appareils sont sur la même prise murale, avec une multiprise de bonne qualité. Faut-il une ligne dédiée ?",
        ("alize", "code-erreur"),
        ("fabrice",),
        (
            Reply(
                "gerard",
                25,
                "Oui, et sans attendre : deux appareils de 2 000 W sur une prise de 16 A, la tension chute et l’électronique se protège par E04. **Une ligne de 20 A par appareil**, câble de 2,5 mm². En attendant, ne les faites pas tourner ensemble.",
                ("nora", "tony", "aicha", "paul"),
                accepted=True,
            ),
            Reply(
                "tony",
                80,
                "Et plus de multiprise sur un appareil qui chauffe, même chère.",
                ("gerard", "nora"),
            ),
        ),
        views=310,
    ),
    Thread(
        "colette",
        "lavage",
        120,
        "Où trouver le numéro de série quand l’étiquette est effacée ?",
        "La machine a sept ans, l’étiquette derrière le hublot est illisible. J’en ai besoin pour commander un joint.",
        ("ondea-6", "numero-de-serie"),
        ("mireille", "helene"),
        (
            Reply(
                "aicha",
                33,
                "Il est gravé une seconde fois **sous le bac à lessive** : sortez le tiroir complètement, c’est au fond à gauche. Une photo avec le téléphone et on zoome.",
                ("colette", "mireille", "gerard", "nora"),
                (("colette", "Trouvé, merci. Ma petite-fille a fait la photo."),),
                accepted=True,
            ),
        ),
        views=2810,
    ),
    Thread(
        "fabrice",
        "lavage",
        200,
        "La lessive reste dans le tiroir, compartiment de gauche",
        "Pression d’eau correcte, tiroir rincé à l’eau chaude. Le bac assouplissant fonctionne, seul le compartiment principal garde un fond pâteux.",
        ("ondea-8", "tiroir"),
        ("mireille",),
        (
            Reply(
                "gerard",
                20,
                "Regardez **au plafond** du logement du tiroir : les petits trous d’arrivée se bouchent par le calcaire. Vinaigre tiède à l’éponge, vingt minutes, puis une brosse à dents. Et un peu moins de poudre.",
                ("fabrice", "mireille", "aicha"),
                accepted=True,
            ),
            Reply(
                "mireille",
                95,
                "Passer au liquide a réglé le souci chez nous, en plus du conseil de Gérard.",
                ("fabrice",),
            ),
        ),
        views=1930,
    ),
    Thread(
        "karim",
        "cafe",
        170,
        "Perco Uno : café tiède depuis le détartrage",
        "J’ai suivi le programme jusqu’au bout, rincé deux fois. Depuis, le café sort à peine chaud et plus vite qu’avant.",
        ("perco-uno", "detartrage"),
        ("bastien", "nora"),
        (
            Reply(
                "samia",
                30,
                "Il reste une bulle d’air dans la chaudière. **Videz le réservoir, remplissez-le à ras bord**, puis faites couler trois grandes tasses d’eau sans café, buse vapeur ouverte pendant la première. La température revient à la deuxième.",
                ("karim", "bastien", "nora", "paul"),
                (("karim", "Revenue à la troisième, merci beaucoup."),),
                accepted=True,
            ),
        ),
        views=1510,
    ),
    Thread(
        "bastien",
        "commandes",
        48,
        "Colis noté « livré » mais rien reçu, qui contacter en premier ?",
        "Le transporteur dit avoir déposé le colis chez un voisin, personne n’a rien. Je commence par qui ?",
        ("livraison",),
        ("nora", "helene"),
        (
            Reply(
                "mireille",
                35,
                "Par la boutique, pas par le transporteur : c’est elle qui a le contrat. Dans *Mes commandes*, bouton « Je n’ai rien reçu » : l’enquête part le jour même, et au-delà de cinq jours ils renvoient. Ne donnez pas votre numéro ici, tout se passe dans votre compte.",
                ("bastien", "nora", "colette"),
                accepted=True,
            ),
            Reply(
                "yanis",
                300,
                "Exactement. Si le bouton n’apparaît pas, c’est que la livraison date de moins de 24 heures : il s’ouvre ensuite.",
                ("bastien",),
                official=True,
            ),
        ),
        views=980,
    ),
    Thread(
        "helene",
        "garantie",
        75,
        "Garantie : faut-il la facture papier pour une pièce ?",
        "J’ai acheté en magasin et je ne retrouve que le ticket de caisse, à moitié effacé.",
        ("garantie",),
        (),
        (
            Reply(
                "tony",
                47,
                "Non : le magasin peut rééditer la facture pendant dix ans avec la carte de paiement ou la carte de fidélité. Un relevé bancaire a suffi pour moi.",
                ("helene", "gerard"),
                accepted=True,
            ),
        ),
        views=420,
    ),
    Thread(
        "lucas",
        "aspirateurs",
        140,
        "Filao X3 : la brosse ne tourne plus sur la moquette",
        "Sur le parquet tout va bien. Sur la moquette elle s’arrête et un voyant orange clignote.",
        ("filao-x3",),
        ("jonas",),
        (
            Reply(
                "ines",
                26,
                "Sécurité de couple : **des cheveux autour des paliers**. Retirez le capuchon rouge à droite avec une pièce, tirez la brosse, coupez ce qui s’est enroulé aux deux bouts. Cinq minutes, et le voyant s’éteint.",
                ("lucas", "jonas", "gerard", "samia"),
                accepted=True,
            ),
        ),
        views=760,
    ),
    Thread(
        "jonas",
        "lavage",
        96,
        "Error F2 after a power cut, the dryer refuses every programme",
        "The dryer shows F2 since the outage yesterday, the drum light is on, and no programme starts. Unplugging it for an hour changed nothing.",
        ("alize", "error-code"),
        (),
        (
            Reply(
                "tony",
                50,
                "F2 is the memory of the interrupted programme. Hold **Start and Delay together for eight seconds** until it beeps twice: it forgets the old cycle. Worked here after the last storm.",
                ("jonas", "gerard", "paul"),
                (("jonas", "Two beeps and it is back. Thank you."),),
                accepted=True,
            ),
        ),
        language="en",
        views=340,
    ),
    Thread(
        "jonas",
        "tv-son",
        20,
        "Which HDMI port supports 120 Hz on the Clarté 55?",
        "The manual lists four ports but does not say which ones carry 4K at 120 Hz. I would like to connect a console.",
        ("clarte-55",),
        (),
        (
            Reply(
                "paul",
                34,
                "Ports 3 and 4. Number 3 is also the eARC one, so if you have a soundbar, put the console on **4** and switch *Input signal plus* on for that port.",
                ("jonas", "lucas"),
            ),
        ),
        language="en",
        views=210,
    ),
    Thread(
        "walter",
        "lavage",
        5,
        "Le hublot refuse de s’ouvrir après un cycle interrompu",
        "Cadenas affiché depuis 40 minutes, l’eau est pourtant évacuée. J’ai une réunion et ma chemise est dedans.",
        ("ondea-8",),
        ("nora",),
        (
            Reply(
                "aicha",
                9,
                "Programme *Vidange seule*, puis maintenez **Départ** cinq secondes quand le compteur arrive à zéro. Si le cadenas reste, débranchez deux minutes : le verrou thermique doit refroidir.",
                ("walter", "nora"),
                accepted=True,
            ),
        ),
        views=120,
    ),
    Thread(
        "nora",
        "coin-des-membres",
        150,
        "Merci à celles et ceux qui répondent le soir",
        "Pas une question : juste un merci. Trois soucis réglés ici ce mois-ci, tous après 21 heures. Qu’est-ce qui vous fait rester ?",
        (),
        ("colette", "mireille"),
        (
            Reply(
                "gerard",
                200,
                "La retraite, et le plaisir de voir une machine éviter la benne. Merci Nora.",
                ("nora", "colette", "mireille", "aicha", "samia"),
            ),
            Reply("samia", 260, "On m’a aidée d’abord. Je rends, c’est tout.", ("nora", "gerard")),
        ),
        views=640,
    ),
]

UNANSWERED_LONG = [
    Thread(
        "sylvie",
        "cuisson",
        2,
        "Étincelles derrière le four Braséo quand la chaleur tournante démarre",
        "Depuis ce matin j’ai vu des étincelles derrière le four au démarrage de la chaleur tournante, avec une odeur de brûlé. Je l’ai débranché. Est-ce dangereux de le rallumer ?",
        ("braseo", "securite"),
        ("helene", "fabrice"),
        views=96,
    ),
    Thread(
        "fabrice",
        "lavage",
        19,
        "Pièce 40-118 introuvable sur la boutique, équivalent possible ?",
        "Axe de panier supérieur, casse après trois ans. La boutique indique « bientôt disponible » depuis l’été.",
        ("pieces",),
        ("mireille", "colette", "tony", "nora"),
        views=88,
    ),
]

HELD = [
    (
        "walter",
        "lavage",
        "Où trouver un filtre pas cher pour l’Ondéa 6 ?",
        "Bonjour, j’ai trouvé filtre-discount.example et https://filtre-discount.example/ondea puis https://bit.ly/ondea6 : est-ce que quelqu’un a déjà commandé là-bas ?",
    ),
    (
        "walter",
        "cafe",
        "Perco Uno : la buse vapeur goutte après usage",
        "Bonjour, depuis deux jours la buse vapeur goutte pendant dix minutes après chaque mousse de lait. C’est le joint ou c’est normal ?",
    ),
]

PROMOTIONS: list[dict[str, Any]] = [
    {
        "key": "accessoires-15", "kind": "percent", "value": 15, "max_discount_minor": 1500, "budget_minor": 90000,
        "cost_points": 150, "title_fr": "Pièces et accessoires", "title_en": "Parts and accessories",
        "terms_fr": "Une commande, valable 60 jours.", "terms_en": "One order, valid for 60 days.",
    },
    {
        "key": "petit-electro-20", "kind": "amount", "value": 2000, "max_discount_minor": 2000, "budget_minor": 60000,
        "min_basket_minor": 9900, "cost_points": 400, "min_rank": 2, "title_fr": "Petit électroménager",
        "title_en": "Small appliances", "terms_fr": "Dès 99 € d’achat, valable 60 jours.",
        "terms_en": "From €99, valid for 60 days.",
    },
    {
        "key": "livraison", "kind": "free_shipping", "value": 0, "max_discount_minor": 900, "budget_minor": 36000,
        "cost_points": 100, "title_fr": "Livraison offerte", "title_en": "Free delivery",
        "terms_fr": "Partout en France, une commande.", "terms_en": "Anywhere in France, one order.",
    },
]  # fmt: skip
CODES_EACH = 40

GIFTS: list[dict[str, Any]] = [
    {
        "key": "tasse", "kind": "goods", "title_fr": "Tasse du Sentier", "title_en": "Le Sentier mug",
        "text_fr": "En grès, tournée à Limoges.", "text_en": "Stoneware, thrown in Limoges.", "cost_points": 250,
        "value_minor": 1200, "stock": 25,
    },
    {
        "key": "repar-solidaire", "kind": "donation", "title_fr": "Répar’solidaire", "title_en": "Repair together",
        "text_fr": "100 points = 1 € pour un atelier de réparation.", "text_en": "100 points = €1 for a repair café.",
        "cost_points": 100, "value_minor": 100, "per_member_limit": 50,
    },
    {
        "key": "ligne-directe", "kind": "perk", "title_fr": "Ligne directe", "title_en": "Direct line",
        "text_fr": "Vos messages passent en premier au service client.",
        "text_en": "Customer service reads your messages first.", "min_rank": 4,
    },
]  # fmt: skip

TOPICS = {
    "ondea-8": "Ondéa 8", "ondea-6": "Ondéa 6", "calme-60": "Calme 60", "alize": "Alizé", "givrine-320": "Givrine 320",
    "braseo": "Braséo", "perco-uno": "Perco Uno", "filao-x3": "Filao X3", "clarte-55": "Clarté 55", "brizeo": "Brizéo",
    "code-erreur": "code erreur", "error-code": "error code", "numero-de-serie": "numéro de série", "earc": "eARC",
    "detartrage": "détartrage", "securite": "sécurité", "pieces": "pièces",
}  # fmt: skip
