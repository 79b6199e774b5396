"""``serve`` and ``work``: the web and REST doors with worker threads, and the workers alone."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from engine import logs
from engine.cli import options, say
from engine.i18n import Text, counted

if TYPE_CHECKING:
    from engine.edge.facing import Facing
    from engine.operations.context import System
    from engine.web.site import Demo

#: So many seconds a worker may finish its round when the server stops.
_PATIENCE = 30

host_option = options.setting("host", "--host", metavar="ADDRESS")
port_option = options.setting("port", "--port", type=click.IntRange(1, 65535), metavar="PORT")
no_work_option = click.option("--no-work", is_flag=True, help="不带后台线程。 Leave the worker threads out.")


@click.command()
@host_option
@port_option
@options.setting("public_url", "--public-url", default="", metavar="URL")
@no_work_option
@options.options(options.database_option, options.workflows_option)
def serve(url: str, host: str, port: int, public_url: str, no_work: bool, folder: Path | None, as_json: bool) -> None:
    """开网页和接口，带后台线程。 Serve pages and the API."""
    from engine.cli.personas import stage
    from engine.edge.facing import facing

    front = facing(os.environ, public_url)
    must_be_free(host, port)
    with options.opened(url) as system:
        logs.quiet(logging.INFO)
        options.tell_districts(system)
        demo = stage(system, lambda: options.plan(folder), host, public_url)
        address = public_url or f"http://{host}:{port}/"

        def tell() -> None:
            if as_json:
                say.as_json({"url": address, "demo": demo is not None})
                return
            opens = f"{address}{'demo' if demo else ''}"
            say.line(f"打开 {opens} ，按 Ctrl-C 停下。", f"Serving {opens}; press Ctrl-C to stop.")

        serve_pages(system, host, port, front, tell, demo=demo, workers=not no_work)


@click.command()
@click.option("--once", is_flag=True, help="办完到期的就停。 Stop when nothing is due.")
@options.options(options.database_option)
def work(url: str, once: bool, as_json: bool) -> None:
    """只跑后台：到期、通知、封存流水。 Run the workers alone."""
    from engine.operations.background.failing import waiting_words
    from engine.worker.worker import Worker

    with options.opened(url) as system:
        options.tell_districts(system)
        worker = Worker(system)
        done = 0
        if once:
            while found := worker.once():
                done += found
            worker.close()
        else:
            logs.quiet(logging.INFO)
            with _on_signals(worker.stop):
                say.err(say.picked(Text("后台在跑，按 Ctrl-C 停下。", "Working; press Ctrl-C to stop."), " "))
                worker.run()
            say.stopped()
        if as_json:
            say.as_json({"done": done})
        elif once:
            say.line(f"办了 {done} 项。", f"{counted(done, 'thing')} done.")
            for said in waiting_words(system):
                say.line(*said)


def serve_pages(
    system: System, host: str, port: int, front: Facing, tell: Callable[[], None], *, demo: Demo | None, workers: bool
) -> None:
    """Serve until somebody stops it; *tell* that it does once the port is open, so that who waits for it is let in."""
    from engine.app import Options, create_app
    from engine.edge.server import make_server
    from engine.operations.accounts.signing import signing_keys
    from engine.worker.worker import Worker

    secret, *older = signing_keys(system, front.keys)
    app = create_app(system, Options(secret, front.public_url, demo, host, front.proxies, tuple(older),
                                     front.metrics_token))  # fmt: skip
    worker = Worker(app.extensions["rongtong"])
    prefix = urlsplit(front.public_url).path.rstrip("/")
    server = make_server(app, host, port, prefix=prefix, proxies=front.proxies)
    with _on_signals(_interrupt):
        if workers:
            worker.start()
        try:
            tell()
            server.run()  # ends at an interrupt, after the requests that are being answered
        except KeyboardInterrupt:
            pass
        finally:
            server.close()
            worker.stop()
            if workers:
                worker.join(_PATIENCE)
    say.stopped()


@contextmanager
def _on_signals(act: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and a terminating signal do *act*, also where a shell started this in the background."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = [signal.signal(number, lambda _number, _frame: act()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, previous, strict=True):
            signal.signal(number, handler)


def _interrupt() -> None:
    raise KeyboardInterrupt


#: On Windows SO_REUSEADDR shares a port that is in use; elsewhere it only forgets connections that have ended.
_ALONE = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)


def must_be_free(host: str, port: int) -> None:
    """Refuse a port that something else listens on, before any work is done for it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, _ALONE, 1)
        try:
            probe.bind((host, port))
        except (OSError, UnicodeError):  # the latter for what could be no host's name
            raise say.usage(
                f"不能在{host}的{port}端口上开网页，可能已有程序占用，或没有这个地址。"
                "用 --port 或 RONGTONG_PORT 换端口，用 --host 或 RONGTONG_HOST 换地址。",
                f"Cannot listen on port {port} of {host}; something may be using it, or it is no address here. Choose "
                "another with --port or RONGTONG_PORT, --host or RONGTONG_HOST.",
                "port",
            ) from None
