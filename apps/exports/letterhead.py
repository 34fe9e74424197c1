"""What a clinic's paper carries above its documents: an organization, a line, a logo. Read, set, and drawn.

An edition is never changed. A signed document keeps the one that was in force at its last entry, so that its
PDF can be made again, byte for byte, whatever the clinic chose since.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.loader import render_to_string
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.accounts.models import Clinic, User
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused

from .models import Letterhead

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 40_000_000
SIZE = (900, 300)
"""Dots that are kept: at the size in which it prints, more than a fax or an eye can tell."""

ACCEPTS = "PNG or JPEG, up to 2 MB. It is drawn anew, on white: nothing that the file hides is kept."
UNREADABLE = "This is not a PNG or JPEG picture that can be drawn. Save it anew and choose it again."


def read_logo(upload: UploadedFile) -> bytes:
    """The picture as it is kept: a plain PNG on white, without anything else that the file held."""
    if (upload.size or 0) > MOST_BYTES:
        raise ValidationError("This file is larger than 2 MB. Save it smaller.")
    try:
        with Image.open(io.BytesIO(upload.read()), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValidationError("This picture has more dots than a logo needs. Save it smaller.")
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(UNREADABLE) from error
    picture.thumbnail(SIZE)
    page = Image.new("RGB", picture.size, "white")
    page.paste(picture, mask=picture.getchannel("A"))
    kept = io.BytesIO()
    page.save(kept, "PNG", optimize=True)
    return kept.getvalue()


@transaction.atomic
def set_letterhead(
    *, clinic: Clinic, organisation: str, words: str, logo: bytes | None, keeps_logo: bool = False, by: User
) -> Letterhead:
    """From now on. Documents that are signed already keep theirs."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    last = latest(clinic.pk)
    if keeps_logo and logo is None and last is not None:
        logo = bytes(last.logo)
    chosen = (organisation.strip(), words.strip(), bytes(logo or b""))
    if last is not None and chosen == (last.organisation, last.words, bytes(last.logo)):
        raise Refused("It is so already, so nothing was changed.")
    found = Letterhead.objects.create(
        clinic=clinic,
        organisation=chosen[0],
        words=chosen[1],
        logo=chosen[2],
        set_by=by,
        set_at=clock.now(),
    )
    events.record(verbs.LETTERHEAD_SET, by=by, clinic=clinic, target=found, has_logo=bool(chosen[2]))
    return found


def latest(clinic: UUID) -> Letterhead | None:
    return Letterhead.objects.filter(clinic=clinic).order_by("-pk").first()


def before(clinic: UUID, moment: str) -> Letterhead | None:
    """The edition that was in force before an entry: one of its second may have come after it."""
    since = dt.datetime.fromisoformat(moment)
    return Letterhead.objects.filter(clinic=clinic, set_at__lt=since).order_by("-pk").first()


def picture_of(edition: Letterhead | None) -> str:
    """The logo as the text that stands in an address; "" without one."""
    return base64.b64encode(bytes(edition.logo)).decode() if edition else ""


def drawn(edition: Letterhead | None) -> str:
    """As it stands at the head of a page; "" without one."""
    if edition is None:
        return ""
    context = {"letterhead": edition, "picture": picture_of(edition)}
    return render_to_string("exports/_letterhead.html", context)
