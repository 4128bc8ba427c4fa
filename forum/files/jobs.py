"""What is done with files outside the request."""

from datetime import timedelta

from common import jobs
from forum.files import attaching


@jobs.periodic("forum.erase_files", every=timedelta(hours=6))
def erase_files() -> None:
    """Erase what nobody needs any more."""
    attaching.erase_unused()
