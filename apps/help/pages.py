"""The help inside the app: which pages there are, whose each is, and what the search finds in them.

The words are in templates/help/, one file per page, and nowhere else: docs/ is for whoever runs the server,
and for what each part promises. A page is a row of sections with an id and an h2; the search reads those.
What the page about fields and the glossary say comes from the rule catalogue and from the packet's list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from django.template.loader import render_to_string
from django.urls import reverse

from apps.accounts.models import Role
from apps.exports.packets import slots

from . import reasons


@dataclass(frozen=True)
class Page:
    key: str
    label: str
    title: str
    lead: str
    roles: frozenset[str] = frozenset()

    @property
    def template(self) -> str:
        return f"help/{self.key}.html"

    @property
    def address(self) -> str:
        return reverse("help-page", args=[self.key])

    @property
    def topics(self) -> tuple[Topic, ...]:
        return topics_of(self.key)


PAGES = (
    Page(
        "therapists",
        "Therapists",
        "Help for therapists",
        "Also for assistants and students. What you do in a day, in its order.",
        frozenset({Role.THERAPIST, Role.ASSISTANT, Role.STUDENT}),
    ),
    Page(
        "supervisors",
        "Supervisors",
        "Help for supervisors",
        "Reading, returning and cosigning notes, and watching over the record.",
        frozenset({Role.SUPERVISOR}),
    ),
    Page(
        "records",
        "Records staff",
        "Help for records staff",
        "Letters, packets, and what leaves the clinic.",
        frozenset({Role.RECORDS}),
    ),
    Page(
        "administrators",
        "Administrators",
        "Help for administrators",
        "People, payers, and what the clinic decides once.",
        frozenset({Role.ADMINISTRATOR}),
    ),
    Page(
        "fields",
        "Why each field",
        "Why each field is there",
        "Each field of a note, and the rules that look at it. A rule says what it finds and writes no word.",
    ),
    Page("keys", "Keys", "Keys", "What each key does. In the editor and at the desk, ? shows its list."),
    Page("words", "Words", "Words and abbreviations", "What the words on these pages mean."),
)


def get(key: str) -> Page | None:
    return next((page for page in PAGES if page.key == key), None)


def own_page(role: str | None) -> Page:
    """The page of the person's role; the therapists' for somebody without one."""
    return next((page for page in PAGES if role in page.roles), PAGES[0])


@dataclass(frozen=True)
class Topic:
    """A section of a page, as the search finds it."""

    key: str
    page: Page
    title: str
    text: str

    @property
    def address(self) -> str:
        return f"{self.page.address}#{self.key}"

    @property
    def begins(self) -> str:
        return self.text if len(self.text) <= BEGINNING else f"{self.text[:BEGINNING].rsplit(' ', 1)[0]} …"


BEGINNING = 160
MOST_FOUND = 20


def context() -> dict[str, object]:
    """What the pages' templates need beyond their own words; the same for everybody."""
    return {"parts": reasons.by_part(), "abbreviations": sorted(slots.abbreviations().items())}


@cache
def topics_of(key: str) -> tuple[Topic, ...]:
    page = next(page for page in PAGES if page.key == key)
    reader = _Sections()
    reader.feed(render_to_string(page.template, context()))
    return tuple(Topic(one, page, _plain(title), _plain(text)) for one, title, text in reader.found)


def find(words: str) -> list[Topic]:
    """The topics that hold every word somewhere, those with all of them in the title first."""
    wanted = words.casefold().split()
    found = [
        topic
        for page in PAGES
        for topic in page.topics
        if all(word in f"{topic.title} {topic.text}".casefold() for word in wanted)
    ]
    return sorted(found, key=lambda topic: not all(word in topic.title.casefold() for word in wanted))


class _Sections(HTMLParser):
    """Collects (id, title, text) of each section with an id."""

    def __init__(self):
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.key = ""
        self.is_in_title = False

    def handle_starttag(self, tag, attrs):
        if tag == "section":
            self.key = dict(attrs).get("id") or ""
            self.found.append((self.key, "", ""))
        elif tag == "h2":
            self.is_in_title = True

    def handle_endtag(self, tag):
        if tag == "section":
            self.key = ""
        elif tag == "h2":
            self.is_in_title = False

    def handle_data(self, data):
        if self.key:
            key, title, text = self.found[-1]
            self.found[-1] = (key, title + data, text) if self.is_in_title else (key, title, text + data)


def _plain(text: str) -> str:
    return " ".join(text.split())
