"""What a device is told of the community when it is installed as an app, in each language."""

from __future__ import annotations

from typing import Any

from common import settings
from common.i18n import _, language
from forum.webapp import icons

BACKGROUND = "#F3F4EF"


def manifest() -> dict[str, Any]:
    """The manifest in the language in force. One app whatever the language: its ``id`` is the same."""
    community, brand, lang = settings.get("brand.community"), settings.get("brand.name"), language()
    return {
        "id": "/",
        "name": f"{community} {brand}"[:60],
        "short_name": community[:30],
        "description": str(_("Customers of %(brand)s help each other.", brand=brand)),
        "lang": lang,
        "dir": "ltr",
        "start_url": f"/{lang}/",
        "scope": "/",
        "display": "standalone",
        "background_color": BACKGROUND,
        "theme_color": icons.colour("--brand-deep", icons.DEEP),
        "icons": [
            {"src": icons.address(icon.name), "sizes": f"{icon.side}x{icon.side}", "type": "image/png", "purpose": icon.shape}
            for icon in icons.ICONS.values()
            if icon.shape != "badge" and not icon.name.startswith("touch")
        ],
        "shortcuts": [
            {"name": str(name), "url": f"/{lang}/{path}", "icons": [_shortcut_icon()]}
            for name, path in (
                (_("Ask a question"), "questions/ask"),
                (_("Questions"), "questions/"),
                (_("Notifications"), "notifications"),
            )
        ],
        "share_target": {
            "action": f"/{lang}/share",
            "method": "GET",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }  # fmt: skip


def _shortcut_icon() -> dict[str, str]:
    return {"src": icons.address("any-192"), "sizes": "192x192", "type": "image/png"}
