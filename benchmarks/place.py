"""Where the benchmark runs: a temporary database with the demo clinic, and a note of five blocks in it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode


@contextlib.contextmanager
def database(folder: Path) -> Iterator[str]:
    """Settings that name a fresh database; the name of its engine. PostgreSQL's is dropped at the end."""
    server = os.environ.get("DATABASE_URL", "")
    is_postgres = server.startswith("postgres")
    name = f"midline_bench_{os.getpid()}"
    if is_postgres:
        import psycopg

        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = re.sub(r"/[^/]*$", f"/{name}", server)
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
    # As in production but for HTTPS: DEBUG would keep every query, and read templates anew.
    os.environ |= {"DEBUG": "on", "MIDLINE_DEMO": "on", "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django
    from django.conf import settings

    django.setup()
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    cache_templates(settings)
    add_empty_view()
    try:
        yield "PostgreSQL" if is_postgres else "SQLite"
    finally:
        from django.db import connections

        connections.close_all()
        if is_postgres:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def cache_templates(settings: Any) -> None:
    """As in production, whatever DEBUG was when the settings were read."""
    options = settings.TEMPLATES[0]["OPTIONS"]
    plain = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
    options["loaders"] = [("django.template.loaders.cached.Loader", plain)]
    settings.TEMPLATES[0]["APP_DIRS"] = False


def add_empty_view() -> None:
    """An address that answers "ok", to see what everything around a view costs."""
    from django.http import HttpResponse
    from django.urls import path

    from config import urls

    urls.urlpatterns.append(path("empty/", lambda request: HttpResponse("ok")))


@dataclass
class Scene:
    """Dana at her desk: an open note of five blocks, and a signed one like it."""

    client: Any
    draft: Any
    signed_id: Any
    form: dict[str, Any]
    revision: int
    typed: int = 0

    @classmethod
    def prepare(cls) -> Scene:
        from django.core.management import call_command
        from django.test import Client

        from apps.demo import charting, world

        call_command("migrate", verbosity=0)
        clinic = world.build()
        client = Client()
        client.force_login(clinic.tess)
        complete = charting.content("complete")
        guided, other = complete["blocks"]
        five = {**complete, "blocks": [guided, other, *(short(code) for code in ("97530", "97116", "97140"))]}
        five["ends_at"] = five["starts_at"].replace(hour=five["starts_at"].hour + 2)
        signed = clinic.note_signed_by(clinic.tess, "vestibular")
        draft = clinic.draft_by(clinic.tess, "parkinson", complete=False)
        draft = charting.write(draft, five, by=clinic.tess)
        return cls(client, draft, signed.pk, fields_of(draft), draft.revision)

    def note(self) -> Any:
        from apps.demo import charting

        return charting.read(self.draft)

    # ---- What is measured --------------------------------------------------------------------------

    def select_one(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()

    def empty_view(self) -> None:
        self.expect(self.client.get("/empty/"), 200)

    def editor(self) -> None:
        self.expect(self.client.get(f"/notes/{self.draft.pk}/"), 200)

    def editor_without_rules(self) -> None:
        """The same page and queries, with a review that was made before."""
        from apps.notes import chart, editor, facts

        if not hasattr(self, "judged"):
            self.judged = editor.review(facts.of(chart.load(self.note())))
        with mock.patch("apps.notes.editor.review", lambda *_: self.judged):
            self.editor()

    def save(self) -> None:
        self.typed += 1
        self.form["subjective"] = f"Reports {self.typed} good days since the last visit."
        self.post()

    def save_again(self) -> None:
        self.post()

    def post(self) -> None:
        self.form |= {"revision": self.revision, "operation": str(uuid.uuid4()), "unacknowledged": ""}
        # As htmx sends it; the test client's own multipart would be parsed ten times as slowly.
        sent = urlencode(self.form, doseq=True)
        as_form = "application/x-www-form-urlencoded"
        answer = self.client.post(
            f"/notes/{self.draft.pk}/", sent, content_type=as_form, headers={"HX-Request": "true"}
        )
        self.expect(answer, 200)
        self.revision += 1

    def sign_page(self) -> None:
        self.expect(self.client.get(f"/notes/{self.draft.pk}/sign/"), 200)

    def signed(self) -> None:
        self.expect(self.client.get(f"/notes/{self.signed_id}/"), 200)

    def draft_pdf(self) -> bytes:
        return self.pdf(self.draft.pk)

    def signed_pdf(self) -> bytes:
        return self.pdf(self.signed_id)

    def pdf(self, pk: Any) -> bytes:
        answer = self.client.get(f"/notes/{pk}/pdf/")
        self.expect(answer, 200)
        return answer.content

    def has_pdf(self) -> bool:
        return self.client.get(f"/notes/{self.signed_id}/pdf/").status_code == 200

    @staticmethod
    def pages_of(data: bytes) -> int:
        from pypdf import PdfReader

        return len(PdfReader(io.BytesIO(data)).pages)

    @staticmethod
    def expect(answer: Any, status: int) -> None:
        if answer.status_code != status:
            raise RuntimeError(f"{answer.request['PATH_INFO']} answered {answer.status_code}, not {status}")


def short(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "minutes_therapist": 10,
        "purpose": "Turns at the counter without holding on",
        "description": "Turns in both directions at the counter, 3 sets of 6, the last with a full cup",
    }


def fields_of(note: Any) -> dict[str, Any]:
    """What the page would send: every field of the editor as it is stored."""
    from apps.notes import chart, forms

    form = forms.DraftForm(chart.load(note))
    sent: dict[str, Any] = {
        "blocks": [row.id for row in form.blocks],
        "measures": [row.id for row in form.measures],
    }
    parts = [form.note]
    for row in [*form.blocks, *form.measures]:
        parts += [row.form, *row.cues]
    for part in parts:
        for field in part:
            value = field.value()
            if value is True:
                value = "on"
            if hasattr(value, "strftime"):
                value = value.strftime("%H:%M")
            if value not in (None, False, []):
                sent[field.html_name] = value
    return sent
