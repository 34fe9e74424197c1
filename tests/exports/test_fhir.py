"""A signed note as a FHIR R4 bundle: valid by a library of others, and the same words as the entry."""

import copy
import json

import pytest
from fhir.resources.R4B.bundle import Bundle

from apps.exports import fhir, pdf
from apps.ledger import chain
from apps.ledger.models import Kind, LedgerEntry

from . import sample

CLINIC = "00000000-0000-4000-8000-000000000001"
KINDS = {
    "Patient",
    "Coverage",
    "Condition",
    "CarePlan",
    "Goal",
    "Encounter",
    "Procedure",
    "Observation",
    "Composition",
    "DocumentReference",
    "Provenance",
    "ChargeItem",
}


def entry(payload, *, kind=Kind.SIGN, seq=2841, ref_hash=""):
    return LedgerEntry(
        clinic=CLINIC,
        seq=seq,
        kind=kind,
        document=sample.NOTE,
        document_type="note",
        ref_hash=ref_hash,
        recorded_at="2026-11-20T20:32:08Z",
        payload=chain.canonical(payload).decode(),
        hash=f"{seq:064x}",
    )


def later(kind, seq, **said):
    payload = {
        "schema": "midline/amendment/1",
        "words": "",
        "reason": "",
        "knows": "",
        "corrections": [],
        "after_request": None,
        "signature": sample.SIGNATURE,
    }
    return entry(payload | said, kind=kind, seq=seq, ref_hash=f"{2841:064x}")


def read(*entries):
    data = fhir.file_of(entries)
    Bundle.model_validate_json(data)
    return json.loads(data)


def of(bundle, kind):
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]


@pytest.mark.parametrize(
    "payload",
    [sample.short(), sample.long(), sample.bare(signed=True), sample.hostile("http://127.0.0.1")],
    ids=["short", "long", "bare", "hostile"],
)
def test_the_bundle_is_valid_and_every_reference_leads_to_a_resource_in_it(payload):
    bundle = read(entry(payload))
    assert bundle["type"] == "document" and bundle["entry"][0]["resource"]["resourceType"] == "Composition"
    there = {one["fullUrl"] for one in bundle["entry"]}
    assert len(there) == len(bundle["entry"])

    def references(value):
        if isinstance(value, dict):
            if "reference" in value:
                yield value["reference"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    assert set(references(bundle)) <= there


def test_a_full_note_has_every_kind_of_resource_and_the_same_entries_give_the_same_bytes():
    payload = sample.short()
    assert {one["resource"]["resourceType"] for one in read(entry(payload))["entry"]} >= KINDS
    assert fhir.file_of([entry(payload)]) == fhir.file_of([entry(copy.deepcopy(payload))])


def test_minutes_units_and_typed_words_are_those_of_the_entry():
    payload = sample.short()
    bundle = read(entry(payload))
    charges = {one["code"]["text"]: one["quantity"]["value"] for one in of(bundle, "ChargeItem")}
    assert charges == {"97112 GP": 2, "97110 GP": 1}
    procedure = of(bundle, "Procedure")[0]
    block = payload["blocks"][0]
    assert procedure["outcome"]["text"] == block["response"]
    notes = "\n".join(one["text"] for one in procedure["note"])
    assert block["deficit"] in notes and block["cues"][0]["seen"] in notes
    values = {one["code"]["text"]: one.get("valueQuantity") for one in of(bundle, "Observation")}
    assert values["Timed minutes"]["value"] == 47 and values["Total treatment minutes"]["value"] == 47
    div = of(bundle, "Composition")[0]["section"][0]["text"]["div"]
    assert payload["subjective"].split("\n")[0] in div


def test_words_that_look_like_markup_stay_words_and_a_control_character_is_marked():
    payload = sample.with_text("<script>x</script> & \x0b end")
    bundle = read(entry(payload))
    div = of(bundle, "Composition")[0]["section"][0]["text"]["div"]
    assert "&lt;script&gt;x&lt;/script&gt; &amp; \ufffd end" in div


def test_how_a_payer_counts_being_open_leaves_the_units_out():
    items = of(read(entry(sample.long())), "ChargeItem")
    assert {one["status"] for one in items} == {"unknown"}
    assert [one["code"]["text"] for one in items if "quantity" in one] == ["G0283 GP"]


def test_later_words_stand_in_it_and_a_void_note_says_so_everywhere():
    signed = entry(sample.short())
    added = later(Kind.ADDENDUM, 2842, words="Said later.", reason="Recalled on reading")
    amended = read(signed, added)
    (composition,) = of(amended, "Composition")
    assert composition["status"] == "amended"
    assert "Said later." in composition["section"][-1]["text"]["div"]
    assert len(of(amended, "Provenance")) == 2
    void = read(signed, added, later(Kind.VOID, 2843, reason="Wrong patient"))
    assert of(void, "Composition")[0]["status"] == "entered-in-error"
    assert {one["status"] for one in of(void, "ChargeItem")} == {"entered-in-error"}


def test_a_note_whose_words_a_court_removed_has_no_bundle():
    signed = entry(sample.short())
    signed.payload = ""
    assert fhir.file_of([signed]) is None


def test_the_pdf_holds_it_beside_the_words_that_were_hashed():
    files = {one.name: one for one in pdf.files_of([entry(sample.short())])}
    assert set(files) == {"entry-2841.json", "ledger.json", "fhir.json"}
    assert files["fhir.json"].relationship == "Alternative"
