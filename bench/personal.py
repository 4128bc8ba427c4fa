"""A made-up corpus: personal data of every kind as people write it in French and English, and what only looks like it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from moderation.screening.personal_data import IBAN_LENGTHS, is_iban, luhn

NAMES = "marie.durand jean-paul.l sophie_b k.traore lea-m martin75 o.neill john.smith anna.k pmartin".split()
HOSTS = "gmail.com free.fr orange.fr example.org hotmail.fr mail.example.net laposte.net outlook.com".split()
FRAMES = {
    "fr": (
        "Merci de me joindre : {}", "vous pouvez écrire à {} ou m’appeler", "{} si besoin", "Mon contact est {}, merci d’avance.",
        "J’ai déjà donné {} au magasin et personne ne répond", "({})", "Bonjour,\n{}\nCordialement", "contact={}",
    ),
    "en": (
        "You can reach me: {}", "please write to {} or call me", "{} if needed", "My contact is {}, thanks in advance.",
        "I already gave {} to the shop and nobody answers", "({})", "Hello,\n{}\nRegards", "contact={}",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, the value that must not survive in it, and its kind."""

    language: str
    kind: str
    text: str
    value: str


def private_lines(count: int, seed: int = 7) -> Iterator[Line]:
    """So many sentences of each kind and language with personal data in them."""
    draw = random.Random(seed)
    makers = {
        "email": _email,
        "phone": _phone,
        "card": _card,
        "iban": _iban,
        "social_security": _social,
        "order": _order,
    }
    for language, frames in FRAMES.items():
        for kind, make in makers.items():
            for _ in range(count):
                value = make(draw, language)
                yield Line(language, kind, draw.choice(frames).format(value), value)


def _email(draw: random.Random, language: str) -> str:
    name, host = draw.choice(NAMES), draw.choice(HOSTS)
    at, dot = ("arobase", "point") if language == "fr" else ("at", "dot")
    spelled = host.replace(".", f" {dot} ")
    return draw.choice(
        [
            f"{name}@{host}", f"{name.upper()}@{host.upper()}", f"{name} @ {host}", f"<{name}@{host}>", f"mailto:{name}@{host}",
            f"{name} {at} {spelled}", f"{name} ({at}) {spelled}", f"{name} [at] {host.replace('.', ' [dot] ')}", f"{name}+avis@{host}",
            f"{name}＠{host}", f"{name[:3]}\u200b{name[3:]}@{host}",
        ]
    )  # fmt: skip


def _phone(draw: random.Random, language: str) -> str:
    if language == "en" and draw.random() < 0.6:
        number = f"{draw.randint(10**9, 10**10 - 1)}"
        code = draw.choice(["44", "1", "353", "32", "49"])
        return draw.choice(
            [f"+{code} {number[:2]} {number[2:6]} {number[6:]}", f"+{code}{number}", f"+{code}-{number[:3]}-{number[3:6]}-{number[6:]}",
             f"+{code} ({number[:3]}) {number[3:6]} {number[6:]}", f"+{code}.{number[:3]}.{number[3:6]}.{number[6:]}"]
        )  # fmt: skip
    nine = f"{draw.choice('12345679')}{draw.randint(10**7, 10**8 - 1)}"
    pairs = [nine[i : i + 2] for i in range(1, 9, 2)]
    between = draw.choice([" ", ".", "-", "/", ""])
    head = draw.choice(
        [f"0{nine[0]}", f"+33 {nine[0]}", f"0033 {nine[0]}", f"+33 (0){nine[0]}", f"+33{between}{nine[0]}"]
    )
    written = between.join([head, *pairs])
    return (
        written.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        if draw.random() < 0.05
        else written
    )


def _card(draw: random.Random, _language: str) -> str:
    start, length = draw.choice(
        [
            ("4", 16),
            ("51", 16),
            ("55", 16),
            ("2223", 16),
            ("34", 15),
            ("37", 15),
            ("6011", 16),
            ("3528", 16),
            ("36", 14),
        ]
    )
    digits = start + "".join(draw.choice("0123456789") for _ in range(length - len(start) - 1))
    digits += next(check for check in "0123456789" if luhn(digits + check))
    between = draw.choice(["", " ", "-"])
    sizes = [4, 6, 5] if length == 15 else [4, 6, 4] if length == 14 else [4, 4, 4, 4]
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return between.join(parts)


def _iban(draw: random.Random, _language: str) -> str:
    country = draw.choice(["FR", "BE", "DE", "GB", "ES", "IT", "NL", "LU", "CH", "IE"])
    rest = IBAN_LENGTHS[country] - 4
    letters = {"GB": 4, "IE": 4, "NL": 4, "IT": 1}.get(country, 0)
    account = "".join(draw.choice("ABCDEFGHJKLMNP") for _ in range(letters))
    account += "".join(draw.choice("0123456789") for _ in range(rest - letters))
    code = next(f"{country}{n:02d}{account}" for n in range(2, 99) if is_iban(f"{country}{n:02d}{account}"))
    code = code.lower() if draw.random() < 0.2 else code
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4)) if draw.random() < 0.6 else code


def _social(draw: random.Random, _language: str) -> str:
    sex, year, month = draw.choice("12"), f"{draw.randint(30, 99):02d}", f"{draw.randint(1, 12):02d}"
    place = draw.choice([f"{draw.randint(1, 95):02d}", "2A", "2B"])
    commune, order = f"{draw.randint(1, 990):03d}", f"{draw.randint(1, 999):03d}"
    number = int(f"{sex}{year}{month}{place.replace('2A', '19').replace('2B', '18')}{commune}{order}")
    key = f"{97 - number % 97:02d}"
    parts = [sex, year, month, place, commune, order, key]
    return draw.choice([" ", "", "."]).join(parts)


def _order(draw: random.Random, language: str) -> str:
    number = draw.randint(10**5, 10**7)
    if language == "fr":
        return draw.choice(
            [f"BRV-2026-{draw.randint(1000, 999999)}", f"commande n° {number}", f"numéro de commande : {number}", f"dossier {number}4",
             f"colis 6A{number}{number}", f"suivi n° {number}88", f"facture F{number}7", f"n° client {number}3"]
        )  # fmt: skip
    return draw.choice(
        [f"BRV-2026-{draw.randint(1000, 999999)}", f"order no. {number}", f"order number: {number}", f"order #{number}",
         f"tracking number: 1Z{number}{number}", f"invoice {number}4", f"customer number {number}", f"parcel {number}88"]
    )  # fmt: skip


# --- what only looks like it --------------------------------------------------------------------------------------------

_HARMLESS = {
    "fr": (
        "N° de série FD{y:04d}{a:06d} sur la plaque.", "S/N : {a:06d}{c:03d}{q}, modèle Ondéa 8", "Référence de la pièce {a:06d}-{n:02d}, disponible.",
        "J’ai payé {e} {c:03d},{n:02d} € chez le revendeur.", "2 x filtre réf. {a:06d} — 12,90 € — total 25,80 €", "Code EAN 40{a:06d}{c:03d}{q}{r}",
        "Version {q}.{n:02d}.{d:02d}.{c:03d} du 20{n:02d}-{m:02d}-{d:02d}", "Programme coton {t} tours, 2 h {n:02d}, 0,{c:03d} kWh",
        "L’erreur E{n:02d} revient à {d}:{n:02d} puis {m}:{d:02d}", "Dimensions {c:03d} x {t} x {n:02d} mm pour {n},{q} kg",
        "IMEI 35{a:06d}{a:06d}{q} ne s’affiche plus", "3 articles commandés le {d:02d}/{m:02d}/2026 pour {e} {c:03d} €", "1 lot de {n} sachets à {q},{n:02d} € pièce",
        "Adresse MAC 00:1B:{n:02d}:{d:02d}:{m:02d}:3F", "réf fabricant 8{a:06d}{q}{r}1, garantie {q} ans", "ma commande de 2 filtres à {n},90 € est arrivée",
    ),
    "en": (
        "Serial number FD{y:04d}{a:06d} on the plate.", "S/N: {a:06d}{c:03d}{q}, model Filao X3", "Part number {a:06d}-{n:02d}, in stock.",
        "I paid £{e},{c:03d}.{n:02d} at the shop.", "2 x filter ref {a:06d} — £12.90 — total £25.80", "EAN code 40{a:06d}{c:03d}{q}{r}",
        "Version {q}.{n:02d}.{d:02d}.{c:03d} of 20{n:02d}-{m:02d}-{d:02d}", "Cotton programme at {t} rpm, 2 h {n:02d}, 0.{c:03d} kWh",
        "Error E{n:02d} at {d}:{n:02d} and again at {m}:{d:02d}", "It measures {c:03d} x {t} x {n:02d} mm and weighs {n}.{q} kg",
        "IMEI 35{a:06d}{a:06d}{q} is not shown", "3 items ordered on {d:02d}/{m:02d}/2026 for ${e},{c:03d}", "a pack of {n} at ${q}.{n:02d} each",
        "MAC address 00:1B:{n:02d}:{d:02d}:{m:02d}:3F", "maker’s ref 8{a:06d}{q}{r}1, {q} years of warranty", "my order of 2 filters at ${n}.90 has arrived",
    ),
}  # fmt: skip


def harmless_lines(count: int, seed: int = 11) -> Iterator[tuple[str, str]]:
    """(language, sentence) with serials, prices, order lines and measures; so many of each frame."""
    draw = random.Random(seed)
    for language, frames in _HARMLESS.items():
        for frame in frames:
            for _ in range(count):
                values = {
                    "n": draw.randint(0, 59), "d": draw.randint(1, 28), "m": draw.randint(1, 12), "e": draw.randint(1, 9),
                    "c": draw.randint(0, 999), "a": draw.randint(0, 999_999), "y": draw.randint(9000, 9999), "q": draw.randint(0, 9),
                    "r": draw.randint(0, 9), "t": draw.randint(4, 16) * 100,
                }  # fmt: skip
                yield language, frame.format(**values)
