"""The demonstration brand: invented people, products and questions, a file for each subject.

Made for showing the product; nothing here is real. Times are hours before the moment of loading.
"""

from __future__ import annotations

from demo.content.elsewhere import ELSEWHERE, HELD, UNANSWERED_LONG
from demo.content.people import PASSWORD, PEOPLE, PROVIDER, Person
from demo.content.places import CATEGORIES, DEVICES, FIELDS, FOLLOWS, PRODUCTS, TOPICS, WARRANTY
from demo.content.shapes import Reply, Thread
from demo.content.shop import CODES_EACH, GIFTS, PROMOTIONS
from demo.content.washing import WASHING

THREADS = [*WASHING, *ELSEWHERE]

__all__ = [
    "CATEGORIES", "CODES_EACH", "DEVICES", "FIELDS", "FOLLOWS", "GIFTS", "HELD", "PASSWORD", "PEOPLE", "PRODUCTS",
    "PROMOTIONS", "PROVIDER", "THREADS", "TOPICS", "UNANSWERED_LONG", "WARRANTY", "Person", "Reply", "Thread",
]  # fmt: skip
