"""How long a topic's name and a message of the lounge are. Pure."""

from __future__ import annotations

TITLE_LEAST, TITLE_MOST = 4, 120
BODY_MOST = 10_000
NONCE_MOST = 40
PAGE_SIZE = 20
