"""The deployment's own certificate, and the signature that it puts under a finished PDF (PAdES B-B).

It shows that a file came from this server and was not changed since, to anybody with a PDF reader. Who stands
behind the certificate is the deployment's business: one that it made itself is vouched for by nobody, and the
pages say so. There is no time stamp of somebody else, so the time is the server's own. The signature of a
clinician is another thing: that is the ledger's entry, whose words the page shows.
"""

from __future__ import annotations

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from apps.audit import clock

from . import press

REASON = "Sealed by the clinic’s server: the file is as it was made"
DEMO_NAME = "Midline demo, made by itself"


SIZE = 24 * 1024
"""More bytes than a signature adds to a reading copy."""


class Unusable(Exception):
    """A certificate is named and cannot be used. The message says what to do, without its passphrase."""


@dataclass(frozen=True)
class Certificate:
    """What a reader may know of it. The key stays with `signer`."""

    name: str
    issuer: str
    fingerprint: str
    ends_on: dt.date
    is_self_made: bool
    signer: Any


def place() -> Path | None:
    """Where the PKCS#12 file lies that was named; the demo has one of its own."""
    if settings.PDF_CERTIFICATE_FILE:
        return Path(settings.PDF_CERTIFICATE_FILE)
    made = settings.VAR_DIR / "demo-certificate.p12"
    return made if settings.DEMO and made.exists() else None


def configured() -> Certificate | None:
    """The certificate in use, or None where none is named. Raises Unusable."""
    file = place()
    if file is None:
        return None
    try:
        changed = file.stat().st_mtime_ns
    except OSError as error:
        raise Unusable("PDF_CERTIFICATE_FILE names a file that cannot be read.") from error
    return _read(file, changed, settings.PDF_CERTIFICATE_PASSPHRASE)


@lru_cache(maxsize=2)
def _read(file: Path, changed: int, passphrase: str) -> Certificate:
    from pyhanko.sign import signers  # a second of imports, for whoever signs

    try:
        signer = signers.SimpleSigner.load_pkcs12_data(
            file.read_bytes(), other_certs=[], passphrase=passphrase.encode() or None
        )
    except (OSError, ValueError, TypeError) as error:
        raise Unusable("The certificate for PDFs cannot be opened with its passphrase.") from error
    if signer is None or signer.signing_cert is None:
        raise Unusable("The certificate for PDFs cannot be opened with its passphrase.")
    found = signer.signing_cert
    return Certificate(
        name=_name(found.subject),
        issuer=_name(found.issuer),
        fingerprint=found.sha256.hex(),
        ends_on=found.not_valid_after.date(),
        is_self_made=found.self_issued,
        signer=signer,
    )


def _name(of: Any) -> str:
    return of.native.get("common_name") or of.human_friendly


def signed(data: bytes, by: Certificate) -> bytes:
    """The file with its signature: the same bytes, and an increment after them."""
    out = io.BytesIO()
    _sign(io.BytesIO(data), by, output=out, field=press.SIGNATURE_FIELD, existing_fields_only=True)
    return out.getvalue()


def sign_file(path: Path, by: Certificate) -> None:
    """Sign a reading copy where it lies, without reading it whole."""
    with path.open("r+b") as file:
        _sign(file, by, in_place=True, field=press.SIGNATURE_FIELD)


def _sign(source: Any, by: Certificate, *, field: str, **how: Any) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """pyHanko would write the metadata anew, without what PDF/UA declares; a test would tell."""

    class Signer(signers.PdfSigner):
        def init_signing_session(self, *args: Any, **named: Any) -> Any:
            session = super().init_signing_session(*args, **named)
            session.system_time = clock.now()
            return session

    about = signers.PdfSignatureMetadata(
        field_name=field,
        name=by.name,
        reason=REASON,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        md_algorithm="sha256",
    )
    # pyHanko runs an event loop, and whoever called may run one already: a thread of its own has none.
    with ThreadPoolExecutor(max_workers=1) as apart:
        apart.submit(Signer(about, by.signer).sign_pdf, Writer(source), **how).result()


def make_for_demo() -> None:
    """A certificate that the demo makes for itself, once; its name says so wherever it is shown."""
    file = settings.VAR_DIR / "demo-certificate.p12"
    if file.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEMO_NAME)])
    now = clock.now()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    file.touch(mode=0o600)
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"midline", key, made, None, NoEncryption()))
