"""A record as a file, and the script with which anybody verifies it without us."""

import ast
import hashlib
import importlib.machinery
import importlib.util
import json
import random
import stat
import subprocess
import sys
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as project
from django.core.management import CommandError, call_command

from apps.ledger import chain, checkpoint, signing_key
from apps.ledger.models import LedgerEntry

from . import forging

SCRIPT = project.BASE_DIR / "bin" / "verify-bundle"
CLINIC = str(uuid.UUID(int=0xC11, version=4))


def script():
    loader = importlib.machinery.SourceFileLoader("verify_bundle", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("verify_bundle", loader))
    loader.exec_module(module)
    return module


verifier = script()


@pytest.fixture
def outside(tmp_path, settings):
    settings.LEDGER_KEY_FILE = tmp_path / "key.json"
    settings.LEDGER_CHECKPOINT_FILE = tmp_path / "checkpoints.jsonl"
    signing_key.make(settings.LEDGER_KEY_FILE)
    return settings.LEDGER_CHECKPOINT_FILE


def witnessed(outside):
    checkpoint.make(CLINIC, key=signing_key.load(outside.with_name("key.json")), path=outside)


@pytest.fixture
def bundle(db, outside, tmp_path):
    """Twelve entries of four documents, two checkpoints, exported."""
    forging.appended(CLINIC, 6)
    witnessed(outside)
    forging.appended(CLINIC, 6, refer=False)
    witnessed(outside)
    return exported(tmp_path / "bundle.jsonl")


def exported(path, *more):
    call_command("export_ledger", "--clinic", CLINIC, "--out", str(path), *more, verbosity=0)
    return path


def told(path, *more, capsys):
    capsys.readouterr()
    status = verifier.main([str(path), *more])
    return status, capsys.readouterr().out


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def rewritten(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


# --- The script alone -----------------------------------------------------------------------------------


def test_the_script_imports_nothing_but_the_standard_library():
    tree = ast.parse(SCRIPT.read_text())
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported == {"argparse", "hashlib", "json", "sys"}


# RFC 8032, section 7.1: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_its_signatures_are_those_of_the_rfc(public, message, signature):
    assert verifier.verifies(public, signature, bytes.fromhex(message))
    assert not verifier.verifies(public, signature, bytes.fromhex(message) + b"x")


def test_it_agrees_with_the_library_on_good_and_on_flipped_signatures():
    dice = random.Random(8032)
    for _ in range(20):
        key = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), dice.randbytes(dice.randrange(200))
        signature = key.sign(message)
        assert verifier.verifies(public.hex(), signature.hex(), message)
        flipped = bytearray(signature)
        bit = dice.randrange(512)
        flipped[bit // 8] ^= 1 << bit % 8
        assert not verifier.verifies(public.hex(), flipped.hex(), message)


def test_a_signature_with_a_multiple_of_the_order_added_is_refused():
    public, _, signature = RFC_8032[0]
    s = int.from_bytes(bytes.fromhex(signature[64:]), "little") + verifier.L
    assert not verifier.verifies(public, signature[:64] + s.to_bytes(32, "little").hex(), b"")


@pytest.mark.parametrize("junk", ["", "zz", "00" * 31, "ff" * 32, "00" * 64])
def test_junk_is_no_key_and_no_signature(junk):
    public, _, signature = RFC_8032[0]
    assert not verifier.verifies(junk, signature, b"")
    assert not verifier.verifies(public, junk, b"")


# --- A bundle -------------------------------------------------------------------------------------------


def test_a_whole_bundle_is_intact_and_lists_its_documents(bundle, capsys):
    status, said = told(bundle, capsys=capsys)
    assert status == 0
    assert said.endswith("INTACT. Every entry is what was signed.\n")
    assert said.count("intact     plan ") == 2 and "Witnessed up to entry 12" in said


def test_it_runs_without_the_app_and_without_the_site_packages(bundle, tmp_path):
    alone = tmp_path / "alone" / "verify-bundle"
    alone.parent.mkdir()
    alone.write_bytes(SCRIPT.read_bytes())
    answer = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), str(bundle)],
        capture_output=True,
        text=True,
        cwd=alone.parent,
    )
    assert answer.returncode == 0, answer.stderr
    assert "INTACT" in answer.stdout


def test_a_signed_note_of_the_demo_is_named_with_its_signer(clinic, outside, tmp_path, capsys):
    note = clinic.note_signed_by(clinic.tess)
    call_command("checkpoint_ledger", verbosity=0)
    path = tmp_path / "demo.jsonl"
    call_command("export_ledger", "--clinic", str(clinic.riverside.pk), "--out", str(path))
    status, said = told(path, capsys=capsys)
    assert status == 0
    assert f"note {note.pk}" in said and f"signed by {clinic.tess.signature_name}" in said
    for secret in (note.visit.patient.family_name, note.visit.patient.mrn, note.subjective):
        assert secret not in said


def test_odd_words_travel_whole(db, outside, tmp_path, capsys):
    texts = ["café\r\n", "cafe\u0301", "👩🏽‍🦽 \u202e", "\u2028", '"\\', "手足", "\U0010ffff", "\x7f"]
    forging.appended(CLINIC, len(texts), words=texts.__getitem__)
    witnessed(outside)
    path = exported(tmp_path / "odd.jsonl")
    assert told(path, capsys=capsys)[0] == 0
    entries = [line for line in lines_of(path) if line["type"] == "entry"]
    assert [json.loads(entry["payload"])["words"] for entry in entries] == texts


ENTRY_FIELDS = [
    "clinic",
    "seq",
    "kind",
    "document",
    "document_type",
    "ref_hash",
    "recorded_at",
    "payload",
    "salt",
    "payload_hash",
    "prev_hash",
    "hash",
    "alg",
]


def test_one_changed_character_of_an_entry_is_found(bundle, capsys):
    whole = bundle.read_text()
    for name in ENTRY_FIELDS:
        bundle.write_text(whole)
        lines = lines_of(bundle)
        entry = next(line for line in lines if line["type"] == "entry" and line["ref_hash"])
        entry[name] = ("x" if entry[name][0] != "x" else "y") + entry[name][1:]
        status, said = told(rewritten(bundle, lines), capsys=capsys)
        assert status == 1, name
        assert "CHANGED" in said and "PROBLEM: " in said


def test_capitals_in_a_salt_are_found(bundle, capsys):
    lines = lines_of(bundle)
    entry = next(line for line in lines if line["type"] == "entry" and line["salt"].upper() != line["salt"])
    entry["salt"] = entry["salt"].upper()
    assert told(rewritten(bundle, lines), capsys=capsys)[0] == 1


def test_a_line_taken_out_is_found_wherever_it_was(bundle, capsys):
    lines = lines_of(bundle)
    assert [line["type"] for line in lines[13:]] == ["key", "checkpoint", "checkpoint", "end"]
    for at in range(1, len(lines)):
        status = told(rewritten(bundle, lines[:at] + lines[at + 1 :]), capsys=capsys)[0]
        # Of two checkpoints either says enough by itself.
        assert status == (0 if at in (14, 15) else 1), at


def test_a_file_that_was_cut_off_is_found(bundle, capsys):
    bundle.write_text("".join(bundle.read_text().splitlines(keepends=True)[:-1]))
    status, said = told(bundle, capsys=capsys)
    assert status == 1 and "ends before its end" in said


def test_swapped_entries_are_found(bundle, capsys):
    lines = lines_of(bundle)
    lines[4], lines[5] = lines[5], lines[4]
    assert told(rewritten(bundle, lines), capsys=capsys)[0] == 1


def forged(path, *, is_careful=True):
    """A bundle rewritten whole: other words in entry 3, every hash and the counts made to fit.

    A careful forger also takes out of later entries which checkpoints they name.
    """
    lines, prev = lines_of(path), "0" * 64
    for line in lines:
        if line["type"] != "entry":
            continue
        if is_careful:
            words = json.loads(line["payload"]) | {"last_checkpoint": None}
            line["payload"] = chain.canonical(words).decode()
        if line["seq"] == "3":
            line["payload"] = '{"words":"other"}'
        line["prev_hash"] = prev
        line["payload_hash"] = chain.payload_hash(salt=line["salt"], payload=line["payload"].encode())
        prev = line["hash"] = hashlib.sha256(
            verifier.framed(
                *(line[name] for name in ("alg", "clinic", "seq", "kind", "document", "document_type")),
                *(line[name] for name in ("ref_hash", "recorded_at", "prev_hash", "payload_hash")),
            )
        ).hexdigest()
    lines[0]["head"]["hash"] = prev
    return lines


def test_a_bundle_rewritten_whole_is_found_by_its_checkpoints(bundle, capsys):
    status, said = told(rewritten(bundle, forged(bundle)), capsys=capsys)
    assert status == 1
    assert "not the one that checkpoint 1 of" in said and "since entry 0" in said
    assert "intact" not in said


def test_a_bundle_rewritten_whole_without_its_checkpoints_is_not_called_intact(bundle, capsys):
    lines = [line for line in forged(bundle) if line["type"] not in ("key", "checkpoint")]
    status, said = told(rewritten(bundle, lines), capsys=capsys)
    assert status == 2 and "cannot be told" in said


def test_the_entries_after_a_checkpoint_witness_what_it_covered(bundle, capsys):
    lines = [line for line in forged(bundle, is_careful=False) if line["type"] not in ("key", "checkpoint")]
    status, said = told(rewritten(bundle, lines), capsys=capsys)
    assert status == 1 and "Entry 7 names checkpoint 1, made when another entry 6 stood there." in said


def test_ones_own_checkpoints_find_what_a_bundle_without_them_hides(bundle, outside, capsys):
    lines = [line for line in forged(bundle) if line["type"] not in ("key", "checkpoint")]
    path = rewritten(bundle, lines)
    assert told(path, "--checkpoints", str(outside), capsys=capsys)[0] == 1


def test_ones_own_checkpoints_find_an_end_that_was_cut_off_before_the_export(
    bundle, outside, tmp_path, capsys
):
    mine = tmp_path / "mine.jsonl"
    mine.write_bytes(outside.read_bytes())
    forging.without_triggers()
    forging.cut(CLINIC, 6)
    outside.write_text("".join(outside.read_text().splitlines(keepends=True)[:2]))
    short = exported(tmp_path / "short.jsonl")
    assert told(short, capsys=capsys)[0] == 0
    status, said = told(short, "--checkpoints", str(mine), capsys=capsys)
    assert status == 1 and "Entry 12 is missing" in said


def test_a_forger_with_a_key_of_his_own_is_found_by_the_key_that_was_pinned(
    bundle, outside, tmp_path, capsys
):
    first = signing_key.load(outside.with_name("key.json")).id
    assert told(bundle, "--first-key", first, capsys=capsys)[0] == 0
    lines = forged(bundle)
    his = signing_key.make(tmp_path / "his.json")
    made = [his.keys[0].line()]
    for line in lines:
        if line["type"] == "checkpoint":
            line["hash"] = next(entry["hash"] for entry in lines if entry.get("seq") == str(line["seq"]))
            line["key"] = his.id
            names = ("clinic", "number", "seq", "hash", "at", "audit_seal", "key")
            line["signature"] = his.sign(
                verifier.framed(verifier.CHECKPOINT, *(line[name] for name in names))
            )
    lines = [*(line for line in lines if line["type"] == "entry"), *made, *lines_of_type(lines, "checkpoint")]
    path = rewritten(bundle, [lines_of(bundle)[0] | {"head": head_of(lines)}, *lines, end_of(bundle)])
    assert told(path, capsys=capsys)[0] == 0
    status, said = told(path, "--first-key", first, capsys=capsys)
    assert status == 1 and f"The first key is {his.id}, not {first}" in said


def lines_of_type(lines, kind):
    return [line for line in lines if line["type"] == kind]


def head_of(lines):
    last = lines_of_type(lines, "entry")[-1]
    return {"seq": int(last["seq"]), "hash": last["hash"]}


def end_of(path):
    return lines_of(path)[-1]


def test_a_printed_page_is_a_witness(bundle, capsys):
    entry = LedgerEntry.objects.get(clinic=CLINIC, seq=3)
    printed = "3 " + " ".join(entry.hash[i : i + 4] for i in range(0, 16, 4))
    assert told(bundle, "--printed", printed, capsys=capsys)[0] == 0
    status, said = told(rewritten(bundle, forged(bundle)), "--printed", printed, capsys=capsys)
    assert status == 1 and "The printed page names entry 3" in said
    assert told(bundle, "--printed", "3 12", capsys=capsys)[0] in (1, 2)


def test_a_checkpoint_that_was_changed_is_found(bundle, capsys):
    lines = lines_of(bundle)
    next(line for line in lines if line["type"] == "checkpoint")["at"] = "2020-01-01T00:00:00Z"
    status, said = told(rewritten(bundle, lines), capsys=capsys)
    assert status == 1 and "does not fit its words" in said


def test_a_rotated_key_is_followed(db, outside, tmp_path, capsys):
    forging.appended(CLINIC, 2)
    witnessed(outside)
    first = signing_key.load(outside.with_name("key.json")).id
    signing_key.rotate(outside.with_name("key.json"))
    forging.appended(CLINIC, 2, refer=False)
    witnessed(outside)
    path = exported(tmp_path / "rotated.jsonl")
    assert told(path, "--first-key", first, capsys=capsys)[0] == 0
    lines = lines_of(path)
    lines_of_type(lines, "key")[1]["vouched"] = "00" * 64
    assert told(rewritten(path, lines), "--first-key", first, capsys=capsys)[0] == 1


def test_entries_after_the_last_checkpoint_are_said_to_be_so(bundle, tmp_path, capsys):
    forging.appended(CLINIC, 1, words=lambda number: "newest", refer=False)
    path = exported(tmp_path / "newer.jsonl")
    said = told(path, capsys=capsys)[1]
    assert "intact (no checkpoint after it)" in said


def test_words_of_others_are_withheld_and_the_chain_is_still_whole(bundle, tmp_path, capsys):
    chosen = str(LedgerEntry.objects.get(clinic=CLINIC, seq=1).document)
    path = exported(tmp_path / "one.jsonl", "--document", chosen)
    entries = lines_of_type(lines_of(path), "entry")
    assert {line["document"] == chosen for line in entries} == {True, False}
    for line in entries:
        assert (line["payload"] is None, line["salt"] is None) == (line["document"] != chosen,) * 2
    status, said = told(path, capsys=capsys)
    assert status == 0
    assert f"intact     plan {chosen}" in said and "withheld   plan" in said


def test_a_redaction_is_told_and_unexplained_removal_is_found(bundle, tmp_path, capsys):
    entry = LedgerEntry.objects.get(clinic=CLINIC, seq=4)
    forging.without_triggers()
    LedgerEntry.objects.filter(pk=entry.pk).update(payload="", salt="")
    path = exported(tmp_path / "removed.jsonl")
    assert "no entry says why" in told(path, capsys=capsys)[1]
    chain.append(
        clinic=CLINIC,
        kind="redact",
        document=entry.document,
        document_type="plan",
        payload={},
        ref_hash=entry.hash,
    )
    status, said = told(exported(tmp_path / "redacted.jsonl"), capsys=capsys)
    assert status == 0 and "redacted by entry 13" in said


@pytest.mark.parametrize(
    "content", ["", "nonsense", "[]", '{"type": "else"}', '{"type": "midline-bundle-v2"}', "null"]
)
def test_what_is_no_bundle_is_not_called_changed(tmp_path, capsys, content):
    path = tmp_path / "junk"
    path.write_text(content)
    status, said = told(path, capsys=capsys)
    assert status == 2 and "CANNOT TELL" in said
    assert told(tmp_path / "absent", capsys=capsys)[0] == 2


# --- The command ----------------------------------------------------------------------------------------


def test_a_bundle_is_readable_by_its_owner_alone_and_never_written_over_another_file(bundle):
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    before = bundle.read_bytes()
    with pytest.raises(CommandError, match="cannot be written"):
        exported(bundle)
    assert bundle.read_bytes() == before


def test_a_bundle_without_checkpoints_says_so(db, tmp_path, settings, capsys):
    settings.LEDGER_CHECKPOINT_FILE = ""
    forging.appended(CLINIC, 1)
    path = exported(tmp_path / "bare.jsonl")
    assert "It holds no checkpoints" in capsys.readouterr().out
    assert told(path, capsys=capsys)[0] == 2


def test_a_clinic_that_is_not_there_has_no_bundle(db, tmp_path):
    with pytest.raises(CommandError, match="no record of a clinic"):
        exported(tmp_path / "none.jsonl")
    assert not (tmp_path / "none.jsonl").exists()
