"""Days later at the community under test: ``python -m tests.browser.later FOLDER DAYS SUBJECT`` does what the worker would
have done until four hours before that moment and prints the addresses in the text of the last mail of that subject."""

from __future__ import annotations

import email
import re
import sys
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path

from app import create_app
from common import clock, jobs
from forum.jobs import ask_whether_solved
from tests.conftest import test_config


def main() -> None:
    """Travel, run what is due, print."""
    app = create_app(test_config(Path(sys.argv[1])))
    with app.app_context():
        clock.travel(datetime.now(UTC) + timedelta(days=int(sys.argv[2]), hours=-4))
        ask_whether_solved()
        jobs.run_due_jobs()
        files = sorted(
            app.config["FOURMI"].outbox_dir.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns
        )
    letters = [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    letter = [one for one in letters if sys.argv[3] in one["Subject"]][-1]
    print(letter["To"], letter["Subject"])
    print("\n".join(re.findall(r"https?://\S+", letter.get_body(("plain",)).get_content())))


if __name__ == "__main__":
    main()
