"""The people of the demonstration, and the provider whose team moderates for the brand."""

from __future__ import annotations

from dataclasses import dataclass

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
    Person("rosa", "Rosa V.", days=35, bio="Cheffe d’équipe chez Clarivox, pour Brévane."),
    Person("elio", "Élio S.", days=35, bio="Modérateur chez Clarivox, pour Brévane."),
    Person("marc", "Marc T.", role="manager", days=820),
    Person("admin", "Équipe technique", role="admin", days=900),
]

PROVIDER = ("Clarivox", ("lavage", "cafe"), "rosa", ("elio",))
"""A provider whose team moderates some categories: its name, which ones, who leads it, who else works there."""
