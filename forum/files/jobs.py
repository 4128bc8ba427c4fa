"""What is done with files outside the request."""

from datetime import timedelta

from accounts.retention.sweeping import swept
from common import jobs
from forum.files import attaching


@jobs.periodic("forum.erase_files", every=timedelta(hours=6))
def erase_files() -> None:
    """Erase what nobody needs any more."""
    swept("files", attaching.erase_unused())
