"""From a packet to its files: pieces drawn or read, joined, and put in a ZIP beside the untouched originals.

Reading copies are joined from stored pages and claim no standard for archives; the originals beside them are
the signed documents as they were stored and the papers as they were uploaded.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from pikepdf import Pdf

from apps.audit import clock
from apps.exports import certificate, fhir, letterhead, pdf, store
from apps.ledger import bundle, chain, places, witness
from apps.notes.document import document_of
from apps.patients import documents, uploads
from apps.patients.models import Document

from . import assemble, attestations, normalise, pages, records
from .contents import Item, us
from .models import Build, Packet

Tell = Callable[..., None]

VERIFIER = Path(settings.BASE_DIR) / "bin" / "verify-bundle"
MEGABYTE = 1024 * 1024
ROOM = 0.96
"""Of a size limit that is aimed at, since a file's end is known only when it is written."""


@dataclass(frozen=True)
class Written:
    path: Path
    pages: int
    files: int
    gaps: int


@dataclass
class Original:
    """A file that travels untouched."""

    name: str
    path: Path
    sha256: str


@dataclass
class Made:
    """One packet's files, still in the working folder."""

    parts: list[Path] = field(default_factory=list)
    originals: list[Original] = field(default_factory=list)
    bundles: list[tuple[str, Path]] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    manifest: dict = field(default_factory=dict)
    pages: int = 0
    gaps: int = 0
    certificate: str = ""


def name_of(made: Build) -> str:
    """A file name that says nothing about the patient."""
    of = made.packet_id or made.sample_id or made.copy_id
    what = "packet" if made.packet_id else "sample" if made.sample_id else "charts"
    return f"{what}-{of.hex[:6]}-{made.pk.hex[:4]}"


def prefix_of(packet: Packet) -> str:
    """Before each page's number: the packet's own."""
    return f"P{packet.pk.hex[:6].upper()}-"


def write(made: Build, work: Path, progress) -> Written:
    """Make what was asked for in the working folder. Raises what `progress` does when nobody wants it now."""
    out = work / "out.zip"
    packets = [made.packet] if made.packet else list(_packets_of(made))
    total = written_pages = files = gaps = 0
    total = sum(_steps(packet) for packet in packets)
    progress.total(total)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        manifests = []
        for number, packet in enumerate(packets, start=1):
            folder = work / str(number)
            folder.mkdir()
            lead = "" if made.packet else f"Packet {number} of {len(packets)}: "

            def tell(says: str, steps: int = 1, lead: str = lead) -> None:
                progress(f"{lead}{says}", steps=steps)

            one = _packet(packet, made, folder, tell)
            home = "" if made.packet else f"{prefix_of(packet)[:-1]}/"
            manifests.append(_archive(archive, one, home, packet.clinic_id, folder))
            written_pages, files, gaps = written_pages + one.pages, files + len(one.parts), gaps + one.gaps
            shutil.rmtree(folder)
        if made.sample:
            progress("Writing the manifest", steps=0)
            whole = {"format": "midline-sample-v1", "made_at": now(), "packets": manifests}
            archive.writestr("manifest.json", json.dumps(whole, indent=1) + "\n")
    return Written(out, written_pages, files, gaps)


def _packets_of(made: Build) -> Iterator[Packet]:
    rows = made.sample.packets.select_related("patient__clinic", "clinic", "payer", "plan", "letter")
    yield from rows.order_by("patient__family_name", "patient__given_name", "starts_on")


def _steps(packet: Packet) -> int:
    """Each piece is drawn or read once and joined once."""
    return 2 * records.notes_of(packet, records.plans_of(packet)).count() + 30


def part_of(path: Path, part: str) -> str | None:
    """The member of the ZIP that is this reading copy."""
    if not (part.isascii() and part.isdigit()):
        return None
    with zipfile.ZipFile(path) as archive:
        parts = sorted(name for name in archive.namelist() if name.startswith("reading-copy"))
    place = int(part[:3]) - 1
    return parts[place] if 0 <= place < len(parts) else None


def opened(path: Path, member: str) -> IO[bytes]:
    """A member of the ZIP, read from its place in it: members are stored as they are."""
    with zipfile.ZipFile(path) as archive:
        return archive.open(member)


# --- One packet -------------------------------------------------------------------------------------------


def _packet(packet: Packet, made: Build, work: Path, tell: Tell) -> Made:
    record = records.of(packet)
    one = Made(gaps=len(record.index.gaps))
    drawn = pages.Drawn(record, made, prefix_of(packet))
    drawn.gather(tell)
    pieces: list[assemble.Piece] = []
    for filled in record.index.filled:
        if filled.slot.key == "index":
            pieces.append(
                assemble.Piece(len(pieces) + 1, "index", filled.slot.title, filled.slot.title, work, 0)
            )
            continue
        for item in filled.items:
            if item.source == "mention":
                continue
            tell(f"{filled.slot.title}{f', {us(item.on)}' if item.on else ''}")
            piece = _piece(item, len(pieces) + 1, record, drawn, work, one, made.is_black_and_white)
            if piece is not None:
                pieces.append(replace(piece, slot=filled.slot.key, slot_title=filled.slot.title))
    pieces = _with_index(pieces, drawn, work)
    one.pages = pieces[-1].last
    one.parts = _join(pieces, packet, made, work, tell)
    if by := certificate.configured():
        for path in one.parts:
            certificate.sign_file(path, by)
        one.certificate = by.fingerprint
    one.manifest = _manifest(packet, made, pieces, one)
    return one


def _with_index(pieces: list[assemble.Piece], drawn: pages.Drawn, work: Path) -> list[assemble.Piece]:
    """Draw the index until its own length no longer moves what it points to."""
    path = work / "index.pdf"
    length = 0
    for _ in range(4):
        pieces = assemble.numbered(
            replace(piece, pages=length, path=path) if piece.slot == "index" else piece for piece in pieces
        )
        drawn.write("index", path, pieces=pieces)
        found = _length(path)
        if found == length:
            break
        length = found
    return pieces


def _join(pieces: list[assemble.Piece], packet: Packet, made: Build, work: Path, tell: Tell) -> list[Path]:
    most = made.most_megabytes * MEGABYTE if made.most_megabytes else None
    if most and certificate.configured():
        most -= certificate.SIZE
    aim = int(most * ROOM) if most else None
    while True:
        parts = assemble.parted(pieces, most_pages=made.most_pages, most_bytes=aim)
        written = []
        for number, part in enumerate(parts, start=1):
            path = work / (
                "reading-copy.pdf"
                if len(parts) == 1
                else f"reading-copy-{number:02d}-of-{len(parts):02d}.pdf"
            )
            sheet = assemble.Sheet(
                prefix_of(packet),
                pieces[-1].last,
                number,
                len(parts),
                is_black_and_white=made.is_black_and_white,
            )
            assemble.write(part, path, sheet, lambda title: tell(f"Joining: {title}"))
            written.append(path)
        over = [path for path in written if most and path.stat().st_size > most]
        # A single page that is too large stays: it cannot be cut.
        if not over or aim is None or aim < MEGABYTE // 8:
            return written
        for path in written:
            path.unlink()
        aim = int(aim * 0.85)


def _piece(
    item: Item,
    number: int,
    record: records.Record,
    drawn: pages.Drawn,
    work: Path,
    one: Made,
    is_black_and_white: bool,
) -> assemble.Piece | None:
    path, sha256, says, title = work / f"{number:05d}.pdf", "", "", item.title
    if item.on and item.source != "drawn":
        title = f"{us(item.on)} {item.title}"
    if item.source == "drawn":
        drawn.write(item.ref or item.slot, path)
    elif item.source == "attestation":
        drawn.write("attestation", path, note=item.ref)
        one.ledger.append(str(attestations.document_of(UUID(item.ref))))
    elif item.source == "note" and not item.seq:
        return None
    elif item.source == "note" and any(mark.startswith("not signed") for mark in item.marks):
        path.write_bytes(attested(UUID(item.ref), record.packet.clinic_id))
    elif item.source == "plan":
        drawn.write("plan", path, version=item.ref)
        sha256 = digest_of(path)
        one.originals.append(Original(f"{number:05d}-plan-{sha256[:8]}.pdf", path, sha256))
        one.ledger.append(item.ref)
    elif item.source == "note":
        stored = store.stored_pdf(UUID(item.ref))
        path, sha256 = store.path_of(stored), stored.sha256
        one.originals.append(Original(f"{number:05d}-{item.source}-{sha256[:8]}.pdf", path, sha256))
        one.ledger.append(item.ref)
        bundle = fhir.file_of(store.entries_of(UUID(item.ref)))
        if bundle is not None:
            (work / f"{number:05d}.fhir.json").write_bytes(bundle)
            one.bundles.append((f"{number:05d}-note.fhir.json", work / f"{number:05d}.fhir.json"))
    else:
        document = Document.objects.get(pk=item.ref)
        try:
            data = documents.path_of(document).read_bytes()
            if hashlib.sha256(data).hexdigest() != document.sha256:
                return None
            normalise.to_pages(data, document.media_type, path, is_black_and_white=is_black_and_white)
            says = drawn.says_of(item)
        except (OSError, normalise.CannotBeRead):
            drawn.write("unreadable", path, title=item.title)
        sha256 = document.sha256
        ending = uploads.ENDINGS[document.media_type]
        one.originals.append(
            Original(f"{number:05d}-upload-{sha256[:8]}.{ending}", documents.path_of(document), sha256)
        )
    return assemble.Piece(number, item.slot, "", title, path, _length(path), sha256, says, item.key)


def attested(note: UUID, clinic) -> bytes:
    """The words of a note that nobody signed, as its author attested to them: from that entry."""
    payload = chain.read(attestations.entry_of(note, clinic))["note"]  # type: ignore[arg-type]
    edition = letterhead.latest(clinic)
    return pdf.note_pdf(document_of(payload), payload, edition=edition)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _length(path: Path) -> int:
    with Pdf.open(path) as found:
        return len(found.pages)


# --- The ZIP ----------------------------------------------------------------------------------------------


def now() -> str:
    return clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def _manifest(packet: Packet, made: Build, pieces: list[assemble.Piece], one: Made) -> dict:
    prefix = prefix_of(packet)
    return {
        "format": "midline-packet-v1",
        "packet": str(packet.pk),
        "made_at": now(),
        "made_by": made.made_by.signature_name,
        "for": packet.reviewer,
        "purpose": packet.purpose,
        "case_number": packet.case_number,
        "letter_on": packet.letter_on.isoformat(),
        "dates_of_service": [packet.starts_on.isoformat(), packet.through_on.isoformat()],
        "pages": one.pages,
        "reading_copy": "joined from stored pages; claims neither PDF/A nor PDF/UA",
        "signed_by_certificate": one.certificate,
        "items": [
            {
                "slot": piece.slot,
                "title": piece.title,
                "first_page": f"{prefix}{piece.first:06d}",
                "last_page": f"{prefix}{piece.last:06d}",
                "original_sha256": piece.sha256,
            }
            for piece in pieces
        ],
        "files": {},
    }


def _archive(archive: zipfile.ZipFile, one: Made, home: str, clinic_id, work: Path) -> dict:
    """Put one packet's files under `home`, each with its hash in the manifest; the manifest."""
    hashes: dict[str, str] = {}

    def add(path: Path, name: str) -> None:
        hashes[name] = digest_of(path)
        archive.write(path, home + name)

    for path in one.parts:
        add(path, path.name)
    for original in one.originals:
        add(original.path, f"originals/{original.name}")
    for name, path in one.bundles:
        add(path, f"fhir/{name}")
    record = work / "record.jsonl"
    with record.open("w", encoding="ascii") as file:
        for line in bundle.lines(
            str(clinic_id), witness=known_witness(), documents=one.ledger or [str(UUID(int=0))]
        ):
            file.write(line)
    add(record, "record/bundle.jsonl")
    add(VERIFIER, "record/verify-bundle")
    one.manifest["files"] = hashes
    for name, text in (
        ("manifest.json", json.dumps(one.manifest, indent=1, ensure_ascii=False) + "\n"),
        ("READ-ME.txt", pages.READ_ME),
    ):
        archive.writestr(home + name, text)
        hashes[name] = hashlib.sha256(text.encode()).hexdigest()
    archive.writestr(
        home + "SHA256SUMS", "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    )
    return {"folder": home, **{name: one.manifest[name] for name in ("packet", "pages")}, "files": hashes}


def known_witness():
    place = places.checkpoint_file()
    return witness.read([place]) if place and place.exists() else None
