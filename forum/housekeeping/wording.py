"""Words of order: why a thread is locked or closed, and what was done."""

from __future__ import annotations

from common.i18n import Sentence, _
from forum.housekeeping.rules import ActType, LockReason, Many
from forum.questions.rules import CloseReason

LOCKS: dict[str, Sentence] = {
    LockReason.SETTLED: _("It is solved, and nobody has added anything for a while."),
    LockReason.HEATED: _("The tone had become too sharp: let us leave it here."),
    LockReason.OUTDATED: _("What stands here is kept to be read; things have changed since."),
    LockReason.OFFICIAL: _("The official answer says it all."),
}
CLOSES: dict[str, Sentence] = {
    CloseReason.OFF_TOPIC: _("Not what this community helps with"),
    CloseReason.PRIVATE: _("One person’s file: customer service answers in private"),
    CloseReason.OUTDATED: _("About something that no longer exists"),
    CloseReason.OTHER: _("Another reason"),
}
ACTS: dict[str, Sentence] = {
    ActType.DUPLICATE: _("linked to another question"),
    ActType.MERGE: _("merged into another question"),
    ActType.SPLIT: _("split off another thread"),
    ActType.MOVE: _("moved to another category"),
    ActType.RETITLE: _("given another title"),
    ActType.RETAG: _("given other topics"),
    ActType.CLOSE: _("closed"),
    ActType.REOPEN: _("opened again"),
    ActType.LOCK: _("locked"),
    ActType.UNLOCK: _("unlocked"),
}
MANY: dict[str, Sentence] = {
    Many.DUPLICATE: _("Already covered by another question"),
    Many.MERGE: _("Merge into another question"),
    Many.MOVE: _("Move to another category"),
    Many.TAG: _("Add a topic"),
    Many.UNTAG: _("Take a topic away"),
    Many.LOCK: _("Lock"),
    Many.CLOSE: _("Close"),
    Many.REOPEN: _("Open again"),
}
