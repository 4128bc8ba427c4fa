"""The service worker: our own small script, with the list of files that make the offline page work.

Its edition changes with those files, so that a device takes the new set whole and forgets the former one. Where a manager
turned ``phone.offline`` off, every device gets a worker that removes itself and what it kept: the way back.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from common import settings
from common.assets import ROOT, static_url
from common.i18n import DEFAULT_LANGUAGE, LANGUAGES, _
from forum.webapp import icons

settings.define(
    "phone.offline",
    True,
    help=_(
        "Phones and browsers keep the style files and an offline page. Turning this off takes them away everywhere."
    ),
)

RETIRED = """self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((name) => name.startsWith("fourmi-")).map((name) => caches.delete(name))))
  .then(() => self.registration.unregister())));
"""
_MODULES = ("first.js", "app.js", "core.js", "offline.js", "toast.js", "time.js")
_MADE_OF = (
    "static/worker.js",
    "templates/base.html",
    "templates/components/ui.html",
    "templates/forum/webapp/offline.html",
)


def script() -> str:
    """The worker as it is served at ``/sw.js``."""
    if not settings.get("phone.offline"):
        return RETIRED
    brand = (settings.get("brand.community"), settings.get("brand.name"), str(settings.get("brand.colours")))
    return _written(brand, icons.address("any-192"), icons.address("badge-96"))


@lru_cache(maxsize=4)
def _written(brand: tuple[str, str, str], icon: str, badge: str) -> str:
    pages = {code: f"/{code}/offline" for code in LANGUAGES}
    files = [
        *pages.values(), static_url("css/app.css"), static_url("img/icons.svg"), static_url("img/favicon.svg"),
        *(static_url(f"js/{name}") for name in _MODULES), icon, *(["/brand.css"] if brand[2] != "{}" else []),
    ]  # fmt: skip
    digest = hashlib.blake2b(repr((brand, files)).encode(), digest_size=6)
    for path in (*_MADE_OF, *(f"common/translations/{code}/phone.po" for code in LANGUAGES)):
        if (ROOT / path).is_file():
            digest.update((ROOT / path).read_bytes())
    given = {
        "EDITION": digest.hexdigest(), "FILES": files, "OFFLINE": pages, "USUAL": DEFAULT_LANGUAGE, "NAME": brand[0],
        "ICON": icon, "BADGE": badge,
    }  # fmt: skip
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
    return head + (ROOT / "static" / "worker.js").read_text()
