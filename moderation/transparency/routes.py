"""The public page of reports and contact points, and the desk's page that makes them."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common import clock, rail
from common.errors import Conflict, Invalid, Refusal
from common.i18n import _, language
from common.permissions import require
from common.web import actor, localized
from moderation.transparency import filing, forms, numbers, publishing, tables
from moderation.transparency.permissions import can_report
from moderation.transparency.wording import HAND, KINDS, in_words

transparency = localized("transparency", __name__)
ANY_ID = "int(min=1, max=2147483647)"


@transparency.get("/transparency")
def index() -> str:
    """Whom to write to, and what was published."""
    return render_template(
        "moderation/transparency/index.html",
        reports=publishing.published(),
        kinds=KINDS,
        small=numbers.is_small(),
    )


@transparency.get(f"/transparency/reports/<{ANY_ID}:id>")
def show(id: int) -> str:
    """One report as a table."""
    report = publishing.report(id)
    summary = (
        report.words.get(f"summary_{language()}")
        or report.words.get("summary_fr")
        or report.words.get("summary_en")
    )
    return render_template(
        "moderation/transparency/report.html", report=report, kinds=KINDS, summary=summary, in_words=in_words
    )


@transparency.get(f"/transparency/reports/<{ANY_ID}:id>.csv")
def download(id: int) -> Response:
    """The same for programs."""
    report = publishing.report(id)
    name = f"transparency-{report.kind.value}-{report.name}-{report.edition}.csv"
    return _file(tables.report_csv(report), "text/csv", name)


def _file(content: str, kind: str, name: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _desk(trouble: Refusal | None = None, rows: Any = None) -> Response:
    require(can_report(actor()))
    body = render_template(
        "moderation/transparency/desk.html", files=filing.files(), waiting=filing.waiting(), reports=publishing.published(),
        kinds=KINDS, hand=HAND, in_words=in_words, trouble=trouble, typed=request.form, rows=rows, small=numbers.is_small(),
        this_year=clock.now().year,
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@transparency.get("/desk/transparency")
def desk() -> Response:
    """What is to be handed over and published."""
    return _desk()


@transparency.post("/desk/transparency/files")
def make_file() -> Any:
    """The next file."""
    try:
        filing.make_file(actor())
    except Conflict as conflict:
        return _desk(conflict)
    flash(str(_("The file is made. Hand it over to the Commission’s database.")))
    return redirect(url_for("transparency.desk"), 303)


@transparency.get(f"/desk/transparency/files/<{ANY_ID}:id>.json")
def file(id: int) -> Response:
    """A file of statements."""
    require(can_report(actor()))
    return _file(tables.file_json(filing.records(id)), "application/json", f"statements-{id:05d}.json")


@transparency.post("/desk/transparency/reports")
def publish() -> Any:
    """Look at a report, or publish it."""
    require(can_report(actor()))
    try:
        kind, period, words = forms.read_report(request.form, clock.now().date())
        if request.form.get("act") != "publish":
            return _desk(rows=publishing.count(kind, period, words))
        made = publishing.publish(actor(), kind, period, words)
    except (Invalid, Conflict) as trouble:
        return _desk(trouble)
    flash(str(_("The report is published.")))
    return redirect(url_for("transparency.show", id=made), 303)


RAIL = rail.Line("transparency.desk", "note", _("Transparency"), can_report)
