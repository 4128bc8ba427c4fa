"""Discounts and gifts."""

from __future__ import annotations

from typing import Any

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
    {
        "key": "livraison-du-mois", "kind": "free_shipping", "value": 0, "max_discount_minor": 900, "budget_minor": 36000,
        "cost_points": 0, "min_rank": 3, "is_monthly": True, "title_fr": "Livraison offerte du mois",
        "title_en": "Free delivery of the month", "terms_fr": "Pour les habitués, une commande par mois.",
        "terms_en": "For regulars, one order a month.",
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
