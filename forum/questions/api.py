"""Small answers for the page's scripts; each has a way without scripts on the page itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request
from markupsafe import escape

from common import clock, i18n, limits, text
from common.errors import Invalid
from common.i18n import _
from common.permissions import may_write, require
from common.web import actor, client_key
from forum.drafts.drafting import save_draft
from forum.images.uploading import upload_image
from forum.mentions import linking
from forum.questions.routes import questions
from forum.questions.rules import BODY


@questions.post("/preview")
def preview() -> Any:
    """The text as it will look, as a fragment."""
    limits.hit("preview", actor().member_id or client_key(), "60/minute")
    body = text.normalise(request.form.get("body", ""))
    if len(body) > BODY.high:
        raise Invalid(fields={"body": _("Please keep to %(high)s characters.", high=BODY.high)})
    said = linking.too_many(actor(), body) if actor().signed_in else None
    hint = f'<p class="hint">{escape(str(said))}</p>' if said else ""
    return Response(linking.render(body) + hint, mimetype="text/html")


@questions.post("/drafts")
def draft() -> Any:
    """Keep what is being typed; answers with the moment in words."""
    read = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    sent: dict[str, Any] = read if isinstance(read, dict) else {}
    fields = sent.get("fields") if isinstance(sent.get("fields"), dict) else {}
    kept_at = save_draft(
        actor(),
        str(sent.get("place", "")),
        title=str(sent.get("title") or ""),
        body=str(sent.get("body") or ""),
        fields=fields,
        since=None if sent.get("force") else _moment(sent.get("since")),
    )
    words = _("Draft saved at %(time)s", time=i18n.local(kept_at).strftime("%H:%M")) if kept_at else ""
    return jsonify(saved=kept_at is not None, at=(kept_at or clock.now()).isoformat(), message=str(words))


def _moment(said: Any) -> datetime | None:
    """The moment a page names, as it was told it or as seconds; None for anything else."""
    try:
        text_of = str(said or "")[:40]
        moment = (
            datetime.fromtimestamp(int(text_of), UTC)
            if text_of.isdigit()
            else datetime.fromisoformat(text_of)
        )
        return moment if moment.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None


@questions.post("/images")
def upload() -> Any:
    """Take a picture; answers with the Markdown that shows it."""
    require(may_write(actor()))
    picture = request.files.get("image") or request.files.get("file") or request.files.get("photo")
    if picture is None:
        raise Invalid(fields={"image": _("Choose a picture first.")})
    kept = upload_image(actor(), picture.stream, request.form.get("alt", ""))
    return jsonify(url=kept.address, markdown=kept.markdown, width=kept.width, height=kept.height), 201
