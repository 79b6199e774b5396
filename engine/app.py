"""The composition root: from settings to a running system, and from a system to a Flask application."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.clock import Clock, SystemClock
from engine.definition.values.inputs import NUL
from engine.edge import answers
from engine.edge.proxies import NOBODY, Proxies
from engine.errors import Invalid, NotFound, RongtongError
from engine.extend.calls.entering import interrupts
from engine.extend.loading.migrating import complete, migrated
from engine.extend.registry import Registry
from engine.extend.senders import Mode
from engine.ids import Ids, RandomIds
from engine.logs import spoken
from engine.operations.context import System
from engine.operations.districts import business_offset, context
from engine.store.databases.database import Database, open_database
from engine.store.databases.database_clock import DatabaseClock
from engine.store.databases.ownership import must_be_ours
from engine.store.schema.absent import absent
from engine.store.schema.migrate import must_be_newest, upgrade
from engine.store.transactions.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

    from engine.web.site import Demo

_LOG = logging.getLogger("rongtong")


@dataclass(frozen=True)
class Options:
    """What the doors need to know beyond the system; of *proxies* the word on who asks counts,
    *older_keys* sign nothing any more and are still taken. Without a *metrics_token* nobody is told any figures.
    """

    secret_key: str
    public_url: str = ""
    demo: Demo | None = None
    host: str = ""
    proxies: Proxies = NOBODY
    older_keys: tuple[str, ...] = ()
    metrics_token: str = ""


def open_system(
    url: str, *, clock: Clock | None = None, ids: Ids | None = None, registry: Registry | None = None,
    new: bool = True, migrate: bool = True, mode: Mode | None = None, secrets: Mapping[str, str] | None = None,
) -> System:  # fmt: skip
    """The system on the database at *url*, its tables brought up to date; where it may not *migrate*, they have to be.

    Somebody else's database is refused and stays as it is; so is an empty one, unless it may be a *new* one.
    Without a *clock* it runs on the machine's, set right by the database's where that is a server, and as far from it
    as a demo's history has moved it. Its *mode* is live, and messages leave the machine, only on that clock. *secrets*
    are given to plugins, by variable.
    """
    registry = registry or Registry.discovered()
    database = open_database(url)
    own = SystemClock()
    used = clock or DatabaseClock(own, database)
    for notice in database.notices:
        _LOG.warning("%s", spoken(notice))
    registry = _settled(database, registry, upgrade if migrate else must_be_newest, new=new)
    mode = mode or ("live" if clock is None else "example")
    runner = Runner(database, clock=used)
    system = System(database, runner, registry, used, ids or RandomIds(used), mode, secrets=dict(secrets or {}))
    if clock is None:
        own.offset = business_offset(system)
    return system


def _settled(database: Database, registry: Registry, work: Callable[..., tuple[str, ...]], *, new: bool) -> Registry:
    """The plugins whose tables are as this version wants them, by *work*; what is refused is closed again."""
    try:
        must_be_ours(database, new=new)
        found = migrated(registry, partial(work, database))[0]
        found = complete(found, lambda line: absent(database, line.metadata))
        tell_new(registry, found)
        return found
    except BaseException:
        database.close()
        raise


def tell_new(before: Registry, now: Registry) -> None:
    """Say in the log which plugins turned out to be unusable since *before*."""
    for name in now.left.keys() - before.left.keys():
        _LOG.error("%s", spoken(now.left[name].why))


def _no_nul() -> None:
    """No address and no form holds a NUL, which PostgreSQL cannot store and nobody types; forms come again without."""
    from flask import request
    from werkzeug.datastructures import ImmutableMultiDict

    if request.routing_exception is not None:
        return  # no such address: the framework refuses it in the words of the door
    if "\0" in request.path or any("\0" in value for _, value in request.args.items(multi=True)):
        raise NotFound(answers.NOWHERE)
    form = tuple(request.form.items(multi=True))
    if any("\0" in name + value for name, value in form):
        request.form = ImmutableMultiDict((name.replace("\0", ""), value.replace("\0", "")) for name, value in form)
        raise Invalid((NUL,))


def _flask() -> Flask:
    """A bare application whose numbers are short and whose every request is answered."""
    from flask import Flask
    from werkzeug.routing import IntegerConverter

    class Serial(IntegerConverter):
        """A number in an address: no more digits than the database holds; Python reads no more than some thousand."""

        regex = "[0-9]{1,9}"

    class Answering(Flask):
        """A plugin that would end the program gets the answer of any fault; nobody waits for ever."""

        def dispatch_request(self) -> Any:
            try:
                return super().dispatch_request()
            except (SystemExit, KeyboardInterrupt) as fault:
                if interrupts(fault):
                    raise
                raise RuntimeError("somebody tried to end the program while a request was served") from fault

    app = Answering("rongtong", static_folder=None)
    app.url_map.converters["int"] = Serial
    return app


def create_app(system: System, options: Options) -> Flask:
    """The Flask application with the web and REST doors on *system*; what serves no pages loads none of it.

    A plugin with a page that nothing would open is left out of it. ``extensions["rongtong"]`` is the system it serves.
    """
    from engine.edge.guard import Guard
    from engine.edge.names import Names
    from engine.rest.api import create_api
    from engine.web.blueprint import create_blueprint
    from engine.web.compressing import compress
    from engine.web.site import Site

    app = _flask()
    app.config["SECRET_KEY"] = options.secret_key
    app.config["SECRET_KEY_FALLBACKS"] = list(options.older_keys)
    app.config["WTF_CSRF_SECRET_KEY"] = [*reversed(options.older_keys), options.secret_key]  # its last one signs
    site = Site(
        system=system,
        context=lambda district: context(system, district),
        keys=(options.secret_key, *options.older_keys),
        public_url=options.public_url,
        demo=options.demo,
        plugin_templates=system.registry.templates(),
    )
    app.before_request(_no_nul)
    app.register_blueprint(create_api(system))
    app.register_blueprint(create_blueprint(site))
    app.extensions["rongtong"] = system
    compress(app, system.ids)
    _refuse_everywhere(app, system)
    _read_at_once(app, system.runner)
    guard = Guard(app.wsgi_app, Names(options.public_url, options.host), options.proxies)
    app.wsgi_app = guard  # type: ignore[method-assign]
    if options.metrics_token:
        from engine.metrics.door import measure

        measure(app, system, options.metrics_token)
    return app


def _refuse_everywhere(app: Flask, system: System) -> None:
    """What no door's address matched is refused as well: in JSON where a program asked, else as a page."""
    from flask import request
    from werkzeug.exceptions import HTTPException
    from werkzeug.wrappers import Response

    from engine.rest import problems
    from engine.web import errors

    def refused(fault: Exception) -> Response | str | tuple[str, int]:
        program = request.path.startswith("/api/")
        if isinstance(fault, RongtongError):
            return problems.of_refusal(fault) if program else errors.refused(fault)
        if isinstance(fault, HTTPException):
            return problems.of_http(fault) if program else errors.odd(fault)
        return problems.of_fault(fault, system.ids) if program else errors.broken(fault)

    app.register_error_handler(Exception, refused)


def _read_at_once(app: Flask, runner: Runner) -> None:
    """Let a request that only reads do so in one transaction, for its session as for its page and its plugins."""
    answer = app.wsgi_app

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return answer(environ, start_response)
        with runner.sharing():
            return answer(environ, start_response)

    app.wsgi_app = serve  # type: ignore[method-assign]
