"""Conversations about washing machines. Times are hours before the moment of loading."""

from __future__ import annotations

from demo.content.shapes import Reply, Thread

WASHING = [
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
]
