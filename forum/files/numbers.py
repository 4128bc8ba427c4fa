"""The numbers of files."""

from __future__ import annotations

from common import settings
from common.i18n import _
from forum.files.rules import MEGABYTE, FileKind

settings.define(
    "forum.file_kinds", [FileKind.PDF.value, FileKind.TXT.value, FileKind.LOG.value], choices=tuple(FileKind),
    help=_("Kinds of files, other than pictures, that members may add to questions and answers."),
)  # fmt: skip
settings.define("forum.file_megabytes", 5, unit="MB", low=1, high=9, help=_("Largest file that is taken."))
settings.define(
    "forum.files_per_post", 3, unit=_("files"), low=0, high=20, help=_("Files in one post (0: none are taken).")
)  # fmt: skip
settings.define(
    "forum.files_per_post_newcomer", 1, unit=_("files"), low=0, high=20,
    help=_("Files in one post of a newcomer (rank 0)."),
)  # fmt: skip
settings.define(
    "forum.files_kept_days", 200, unit="days", low=30, high=3_650,
    help=_("How long the file of a removed post is kept, for an appeal; then it is erased."),
)  # fmt: skip


def kinds() -> tuple[FileKind, ...]:
    """What is taken now."""
    return tuple(FileKind(one) for one in settings.get("forum.file_kinds"))


def most_bytes() -> int:
    """The largest file."""
    return int(settings.get("forum.file_megabytes") * MEGABYTE)


def files_allowed(rank: int, staff: bool) -> int:
    """How many files a post of a member of this rank may carry."""
    newcomer = rank == 0 and not staff
    return settings.get("forum.files_per_post_newcomer" if newcomer else "forum.files_per_post")
