"""What the browser tests share: a server of their own, people signed in to it, and an eye on what goes wrong.

Any script error, refused resource or answer of 500 and more fails the test in whose page it happened, unless
the test said that it would (`page.expected`).
"""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import expect

from .serving import PASSPHRASE, Databases, Server

PEOPLE = {
    "dana": "dana@riverside.example",
    "sam": "sam@riverside.example",
    "jo": "jo@riverside.example",
    "rae": "rae@riverside.example",
    "alex": "alex@riverside.example",
    "una": "una@lakeside.example",
}

# Two cores that run two browsers, a server each and PostgreSQL are sometimes slow; a wait ends when the thing
# waited for is there, so patience costs nothing.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def served(tmp_path_factory, worker_id):
    """The running server, with `url`, and `places`: where the charts of serving.CHARTS are."""
    folder = tmp_path_factory.getbasetemp()
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone{os.getpid()}")
    if worker_id != "master":
        folder = folder.parent
    with (
        Databases(folder, run, worker_id).copy() as (database_url, places),
        Server(database_url, folder / f"browser-server-{worker_id}.log") as server,
    ):
        server.places = places
        yield server


@pytest.fixture(scope="session")
def base_url(served):
    return served.url


@pytest.fixture
def places(served):
    return served.places


@pytest.fixture(scope="session")
def worker_id(request):
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


class Watch:
    """What went wrong in a page, and what was meant to."""

    def __init__(self):
        self.problems: list[str] = []
        self.expected: list[str] = []

    def add(self, problem: str) -> None:
        if not any(re.search(pattern, problem) for pattern in self.expected):
            self.problems.append(problem)

    def follow(self, page) -> None:
        page.on("pageerror", lambda error: self.add(f"script error: {error}"))
        page.on("console", lambda message: self.heard(message))
        page.on("response", lambda answer: answer.status >= 500 and self.add(f"{answer.status} {answer.url}"))
        page.on("requestfailed", lambda sent: self.lost(sent))

    def heard(self, message) -> None:
        # A refusal is an answer of ours with its own test; Chromium and htmx call it an error all the same.
        # So does htmx a search that the next letter replaces; what failed says htmx:sendError besides.
        expected = ("Failed to load resource", "Response Status Error Code")
        expected += ("htmx:afterRequest", "htmx:sendAbort")
        if message.type == "error" and not message.text.startswith(expected):
            self.add(f"console: {message.text}")

    def lost(self, sent) -> None:
        # Leaving a page ends what it was loading, and a download ends the navigation that it began as.
        if "ERR_ABORTED" not in (sent.failure or ""):
            self.add(f"failed: {sent.url} {sent.failure}")


@pytest.fixture
def watch():
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def browse(new_context, watch):
    """A page of a browser of its own: `browse("dana", viewport=…)`, or `browse()` for a stranger."""

    def open_browser(person: str = "", **options):
        options = {"viewport": {"width": 1440, "height": 1000}, "reduced_motion": "reduce", **options}
        context = new_context(**options)
        context.set_default_timeout(15_000)
        context.on("page", watch.follow)
        if person:
            sign_in(context, person)
        return context.new_page()

    return open_browser


def sign_in(context, person: str) -> None:
    """Sign in without showing the form; test_chart_and_sign shows it once."""
    form = context.request.get("/sign-in/").text()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    answer = context.request.post(
        "/sign-in/",
        form={"csrfmiddlewaretoken": token, "username": PEOPLE[person], "password": PASSPHRASE},
        headers={"Referer": "http://127.0.0.1/"},
        max_redirects=0,
    )
    assert answer.status == 302, f"{person} could not sign in: {answer.status}"


@pytest.fixture
def page(browse):
    """Dana's page at her desk."""
    return browse("dana")


@pytest.fixture
def editor(page, places):
    """Open the editor of one of the charts of serving.CHARTS, and wait for its script."""

    def open_editor(name: str, on=page):
        on.goto(f"/notes/{places['notes'][name]}/")
        return on

    return open_editor
