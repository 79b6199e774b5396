"""The street on which the server stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from waitress import wasyncore

from tests.integration.edge.street import Street


@pytest.fixture
def street() -> Iterator[Street]:
    made = Street()
    yield made
    for guest in made.guests:
        guest.close()
    for channel in tuple(made.server.active_channels.values()):
        channel.handle_close()
    wasyncore.close_all(made.server._map)
