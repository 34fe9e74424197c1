"""What the source never does, read from the source: each promise here is a row of docs/asvs.csv as well."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def served_source():
    """(file, its syntax tree) of what runs where patients' words are."""
    for file in sorted([*(ROOT / "apps").rglob("*.py"), *(ROOT / "config").rglob("*.py")]):
        if not {"demo", "migrations"} & set(file.parts):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.sqlite
def test_programs_are_started_by_lists_of_words_and_never_through_a_shell():
    wrong = []
    for file, tree in served_source():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            shell = any(keyword.arg == "shell" for keyword in node.keywords)
            if shell or name in ("os.system", "os.popen", "subprocess.getoutput", "eval", "exec"):
                wrong.append(f"{file}:{node.lineno} {name}")
    assert not wrong


OTHER_HASHES = {"apps/exports/fhir.py": "FHIR R4 defines Attachment.hash as SHA-1; nothing of ours trusts it"}
CRYPTOGRAPHY = {
    *("x509", "NameOID", "pkcs12", "NoEncryption", "ec", "hashes"),  # the certificate that signs PDFs
    *("Ed25519PrivateKey", "Ed25519PublicKey", "InvalidSignature"),  # the ledger's checkpoints
    *(
        "Fernet",
        "MultiFernet",
        "HKDF",
        "SHA256",
        "InvalidToken",
    ),  # second factors, encrypted where they are stored
}


@pytest.mark.sqlite
def test_cryptography_is_the_listed_kinds_alone_and_secrets_come_from_the_systems_generator():
    """docs/cryptography.md is the list."""
    wrong = []
    for file, tree in served_source():
        for node in ast.walk(tree):
            where = f"{file}:{getattr(node, 'lineno', 0)}"
            is_hash = isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"
            if is_hash and node.attr not in ("sha256", "file_digest") and file not in OTHER_HASHES:
                wrong.append(f"{where} hashlib.{node.attr}")
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if "random" in imported:
                wrong.append(f"{where} imports random")
            if any(name.startswith("cryptography") for name in imported):
                used = {alias.name for alias in node.names}
                if not used <= CRYPTOGRAPHY:
                    wrong.append(f"{where} {used - CRYPTOGRAPHY}")
    assert not wrong


@pytest.mark.sqlite
def test_a_session_is_named_by_a_secret_of_128_bits_and_more(db):
    from django.contrib.sessions.backends.db import SessionStore

    keys = {SessionStore()._get_new_session_key() for _ in range(20)}
    assert len(keys) == 20 and all(len(key) >= 26 for key in keys)  # 36 signs: 5.2 bits each


@pytest.mark.sqlite
def test_the_image_has_no_history_and_no_settings_of_a_machine():
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".git", "var", ".env", "*.env", "tests"} <= set(left_out)
