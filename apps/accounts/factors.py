"""The second factor: what somebody has, and whether this sign-in was made with one."""

from __future__ import annotations

import base64

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from apps.audit.models import Deployment

GIVEN = "second_factor"
"""In the session: this sign-in had a second factor."""

KINDS = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


def are_required() -> bool:
    """Everywhere but in a demo: a database that only holds made-up people."""
    return settings.SECOND_FACTOR_REQUIRED and not (settings.DEMO and Deployment.is_demo_database())


def of(person) -> QuerySet[Authenticator]:
    """What the person can prove themselves with, recovery codes aside."""
    everything = Authenticator.objects.filter(user=person).order_by("created_at", "pk")
    return everything.exclude(type=Authenticator.Type.RECOVERY_CODES)


def owners(people) -> set:
    """Of these ids of people, those who have a second factor."""
    have = Authenticator.objects.filter(user__in=people).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(have.values_list("user", flat=True))


def is_missing(request) -> bool:
    return are_required() and not request.session.get(GIVEN)


def vault() -> MultiFernet:
    """Encrypts the seeds of authenticator apps and recovery codes, which a copied database then lacks.

    The keys come from SECRET_KEY and from SECRET_KEY_FALLBACKS, so that the secret can be replaced.
    """

    def key(secret) -> Fernet:
        derived = HKDF(SHA256(), 32, salt=None, info=b"midline second factors").derive(secret.encode())
        return Fernet(base64.urlsafe_b64encode(derived))

    return MultiFernet([key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


ENCRYPTED = ("secret", "seed", "migrated_codes")


@transaction.atomic
def encrypt_anew() -> int:
    """Encrypt what is stored with the present SECRET_KEY, so that a replaced one can go; how many factors.

    Raises InvalidToken where one was made with a key that is not given any more; then nothing is changed.
    """
    keys, changed = vault(), 0

    def anew(kept: str | list[str]) -> str | list[str]:
        if isinstance(kept, list):
            return [keys.rotate(part).decode() for part in kept]
        return keys.rotate(kept).decode()

    for factor in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
        found = {name: anew(factor.data[name]) for name in ENCRYPTED if factor.data.get(name)}
        factor.data |= found
        factor.save(update_fields=["data"])
        changed += bool(found)
    return changed
