"""Categories, their topics, products and who owns which."""

from __future__ import annotations

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

TOPICS = {
    "ondea-8": "Ondéa 8", "ondea-6": "Ondéa 6", "calme-60": "Calme 60", "alize": "Alizé", "givrine-320": "Givrine 320",
    "braseo": "Braséo", "perco-uno": "Perco Uno", "filao-x3": "Filao X3", "clarte-55": "Clarté 55", "brizeo": "Brizéo",
    "code-erreur": "code erreur", "error-code": "error code", "numero-de-serie": "numéro de série", "earc": "eARC",
    "detartrage": "détartrage", "securite": "sécurité", "pieces": "pièces",
}  # fmt: skip
