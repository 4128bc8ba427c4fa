"""What is said of files and lines that are not taken."""

from __future__ import annotations

from common.i18n import _
from forum.catalogue.rules import Fault, ImportKind

FAULTS = {
    Fault.KEY: _("The reference (key) is missing or has other characters than letters, digits, . - and _."),
    Fault.NAME: _("The name is missing or longer than 120 characters."),
    Fault.TWICE: _("This reference stands in the file twice: the first line counts."),
    Fault.CATEGORY: _("There is no category of this name."),
    Fault.PICTURE: _("The picture must be a file of this site, or a drawing such as p-wash."),
    Fault.MANUAL: _("The manual must be a web address."),
    Fault.TOO_LONG: _("A value is too long."),
    Fault.PRODUCT: _("There is no product with this reference."),
    Fault.OWNER: _("Who bought it is missing: a fingerprint of the address, or the number of a member."),
    Fault.DATE: _("The date must be written like 2026-03-31."),
    Fault.SHAPE: _("This line could not be understood."),
    Fault.REPLACED: _("The product that replaces it is not in the catalogue."),
}
BAD_FILES = {
    "binary": _("This is not a text file. Save the table as CSV first."),
    "columns": _("The first line must name the columns: %(columns)s."),
    "csv": _("The file is damaged: a quotation mark is not closed."),
    "too_many": _("There are too many lines: 50,000 at most in one file."),
    "too_large": _("The file is too large: 8 MB at most."),
    "empty": _("Choose a file first."),
    "vanished": _(
        "Nothing was changed: by this file %(count)s of %(total)s products would vanish. If that is right, send it "
        "again and confirm that it is the whole catalogue."
    ),
}
KINDS = {ImportKind.PRODUCTS: _("Products"), ImportKind.OWNERS: _("Purchases")}
STATES = {
    "waiting": _("Waiting"),
    "running": _("Being read"),
    "done": _("Done"),
    "failed": _("Not taken"),
}
