"""A clinic of its own, its server and Dana's browser, for the programs beside the tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from .serving import Databases, Server


@dataclass(frozen=True)
class Alone:
    database_url: str
    places: dict[str, Any]
    server: Server
    context: BrowserContext


@contextlib.contextmanager
def alone(name: str, *, keep: Path | None = None, timeout: int = 30_000, **options: Any) -> Iterator[Alone]:
    """Gone afterwards, but for `keep`, a folder for the built clinic.

    `timeout` is in milliseconds; `options` are the browser context's.
    """
    from .conftest import sign_in

    with (
        tempfile.TemporaryDirectory(prefix=f"midline-{name}-") as folder,
        Databases(keep or Path(folder), f"{name}{os.getpid()}", "alone").copy() as (database_url, places),
        Server(database_url, Path(folder) / "server.log") as server,
        sync_playwright() as playwright,
    ):
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=sandbox)
        context = browser.new_context(base_url=server.url, **options)
        context.set_default_timeout(timeout)
        sign_in(context, "dana")
        yield Alone(database_url, places, server, context)
        browser.close()
