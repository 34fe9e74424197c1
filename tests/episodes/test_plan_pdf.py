"""A signed plan as PDF: the entry's words, room for the physician's hand, an archive, stored once."""

import io
import json
import re

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.episodes import actions
from apps.exports import pdf, store
from apps.exports.models import StoredPdf
from apps.ledger import chain
from apps.notes import amendments
from tests.episodes import small_plans


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_ROOT = tmp_path


@pytest.fixture
def version(signed_plan):
    return signed_plan.versions.get(number=1)


def get(client, user, version):
    client.force_login(user)
    return client.get(reverse("plan-pdf", args=[version.pk]))


@pytest.mark.pdf
def test_the_pdf_holds_the_entry_s_words_and_lines_for_a_physician_and_is_an_archive(
    client, world, version, tmp_path
):
    import page
    from pypdf import PdfReader

    version.treatment = "words of the rows"
    version.save(update_fields=["treatment"])
    answer = get(client, world.tess, version)
    assert answer["Content-Type"] == "application/pdf"
    assert re.fullmatch(r'inline; filename="plan-[0-9a-f]{8}-\d+\.pdf"', answer["Content-Disposition"])
    reader = PdfReader(io.BytesIO(answer.content))
    text = " ".join("".join(sheet.extract_text() for sheet in reader.pages).split())
    for words in ("Balance training", "walk outdoors", "R26.81", "Tess", "Certified through", "Name and NPI"):
        assert words in text, words
    assert "words of the rows" not in text
    [entry] = store.entries_of(version.pk)
    assert reader.attachments[f"entry-{entry.seq}.json"] == [entry.payload.encode()]
    assert json.loads(reader.attachments["ledger.json"][0])["entries"][0]["hash"] == entry.hash
    said = f"{dict(reader.metadata)} {reader.xmp_metadata.stream.get_data().decode()}"
    assert reader.metadata.title == "Plan of care" and world.grace.family_name not in said
    file = tmp_path / "plan.pdf"
    file.write_bytes(answer.content)
    for standard in ("3a", "ua1"):
        verdict = str(page.validate_pdf(str(file), profile=standard))
        assert ", 0 failed," in verdict, verdict
    assert get(client, world.tess, version).content == answer.content
    assert StoredPdf.objects.get().document_type == "plan"
    assert Event.objects.filter(verb=verbs.PLAN_PRINTED, target=str(version.pk)).count() == 2


def test_an_addendum_to_a_plan_is_on_its_page_and_an_earlier_page_is_as_it_stood(world, version):
    seen = store.entries_of(version.pk)[-1].hash
    amendments.addend(document=version, by=world.tess, seen=seen, words="Seen again at home.", reason="Asked")
    entries = store.entries_of(version.pk)
    now, then = pdf.signed_page(entries), pdf.signed_page(entries[:1])
    assert "Seen again at home." in now and "1 later entry at the end" in now
    assert "Seen again at home." not in then
    assert chain.read(entries[0])["treatment"] in then


def test_a_draft_has_no_pdf_and_a_server_that_cannot_make_one_says_so(client, world, plan, monkeypatch):
    small_plans.add_goal(plan, world.tess)
    assert get(client, world.tess, plan.versions.get()).status_code == 404
    small_plans.sign(plan, world.tess)
    monkeypatch.setattr(pdf, "is_available", lambda: (False, "No Pango."))
    answer = get(client, world.tess, plan.versions.get())
    words = answer.content.decode()
    assert answer.status_code == 503 and "No Pango." in words
    assert reverse("plan-print", args=[plan.versions.get().pk]) in words
    plan.refresh_from_db()
    actions.revise(plan=plan, by=world.tess)
    assert get(client, world.tess, plan.versions.get(number=2)).status_code == 404
