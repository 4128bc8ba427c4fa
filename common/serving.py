"""The server: granian, one process with threads and the worker inside, or as many processes as wished."""

from __future__ import annotations

import gc
import os

import click
from flask import Flask

from common import cli, jobs
from common.config import current_config


def start_worker(app: Flask) -> None:
    """Run jobs in a thread of this server process, unless they run elsewhere."""
    if current_config().worker == "inside":
        jobs.Worker(app).start()


def settle_memory() -> None:
    """Let the collector pass over what stands for the life of the process, and come by less often: a page makes
    thousands of small objects and leaves none of them in a circle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@click.command(
    "serve",
    epilog=cli.examples(
        "flask --app app serve", "flask --app app serve --host 0.0.0.0 --port 8080 --processes 4"
    ),
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="Port to listen on.")
@click.option(
    "--processes",
    default=1,
    show_default=True,
    help="Server processes. With more than one, run `flask worker` apart.",
)
@click.option("--threads", default=4, show_default=True, help="Threads in each process.")
@click.option(
    "--idle",
    default=600,
    show_default=True,
    type=click.IntRange(5, 600),
    help="Seconds after which a thread with nothing to do ends.",
)
def serve(host: str, port: int, processes: int, threads: int, idle: int) -> None:
    """Serve the community."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ["PORT"] = str(port)  # the address in mails and feeds, unless FOURMI_BASE_URL says otherwise
    if processes > 1:
        os.environ["FOURMI_WORKER"] = "outside"
    Granian(
        "app:create_served_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        blocking_threads_idle_timeout=idle,
        backpressure=512,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=30,
        log_level=LogLevels.error,
    ).serve()
