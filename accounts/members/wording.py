"""What a member reads when a name or an address cannot be taken."""

from __future__ import annotations

from accounts.members.rules import NAME_MAX, NAME_MIN, NameFault
from common.i18n import _

NAME_FAULTS = {
    NameFault.SHORT: _("A public name has at least %(min)s characters.", min=NAME_MIN),
    NameFault.LONG: _("A public name has at most %(max)s characters.", max=NAME_MAX),
    NameFault.INVISIBLE: _("This name holds a character that cannot be seen. Type it again."),
    NameFault.ADDRESS: _("A public name is not an address: no “@”, no “/”."),
    NameFault.NO_LETTER: _("A public name needs at least one letter."),
    NameFault.SIGN: _(
        "This name holds a sign that names do not use. Letters, digits, spaces and hyphens are fine."
    ),
    NameFault.MIXED_SCRIPTS: _("This name mixes letters of several alphabets, so it could pass for another."),
    NameFault.MARKS: _("This name stacks too many accents on a letter."),
    NameFault.RESERVED: _("This name is kept for the team. Choose another."),
}
NAME_TAKEN = _("Somebody already has this name, or one that looks the same. Choose another.")
EMAIL_SHAPE = _("This does not look like an e-mail address. Example: name@example.com")
