"""Pages and REST for a server of several processes: ``gunicorn 'engine.wsgi:application()'``."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine import logs, settings
from engine.app import Options, create_app, open_system
from engine.edge.facing import facing
from engine.extend.registry import Registry
from engine.operations.accounts.signing import signing_keys

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_LOG = logging.getLogger("rongtong")


def application(environment: Mapping[str, str] | None = None) -> WSGIApplication:
    """The application that the settings in *environment* describe; clocks and jobs are left to ``rongtong work``.

    It holds no connection when it is handed over, so a server may fork after it as well as before. Raises
    RongtongError for an empty database, somebody else's, a setting that can only be wrong, or a session key that could
    be guessed.
    """
    from werkzeug.exceptions import NotFound
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    told = os.environ if environment is None else environment
    settings.must_be_right(told)
    front = facing(told)
    logs.quiet(logging.INFO)
    url, registry = settings.value("db", told), Registry.discovered(settings.left_out(told))
    for away in registry.left.values():
        _LOG.warning("%s", logs.spoken(away.why))
    secrets, doubt = settings.secrets_given(told, settings.secrets_file(url))
    if doubt is not None:
        _LOG.warning("%s", logs.spoken(doubt))
    system = open_system(url, registry=registry, new=False, migrate=False, secrets=secrets)
    secret, *older = signing_keys(system, front.keys)
    app = create_app(system, Options(secret, front.public_url, proxies=front.proxies, older_keys=tuple(older),
                                     metrics_token=front.metrics_token))  # fmt: skip
    system.runner.release()
    system.database.close()
    prefix = urlsplit(front.public_url).path.rstrip("/")
    return DispatcherMiddleware(NotFound(), {prefix: app}) if prefix else app
