"""Whose packets a person sees. Records staff and supervisors, of the charts that they see; nobody else."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.access import clinics_where
from apps.accounts.models import Role, User
from apps.notes.access import about
from apps.notes.models import Note
from apps.patients.access import are_of, patients_cared_for_by
from apps.patients.models import Patient
from apps.visits.access import visits_charted_by

from .models import AttestationAsked, Build, ChartCopy, Packet, PacketPolicy, ReviewSample

ANSWERS_LETTERS = (Role.RECORDS, Role.SUPERVISOR)
"""Roles that put packets together and hand them out."""

ATTESTS = (Role.THERAPIST, Role.ASSISTANT, Role.SUPERVISOR)
"""Roles whose notes may need an attestation."""


def patients_answered_for(user: User) -> QuerySet[Patient]:
    """The patients for whom `user` may answer a letter."""
    return patients_cared_for_by(user).filter(clinic__in=clinics_where(user, *ANSWERS_LETTERS))


def packets_visible_to(user: User) -> QuerySet[Packet]:
    return Packet.objects.filter(are_of(patients_answered_for(user)))


def samples_visible_to(user: User) -> QuerySet[ReviewSample]:
    """The samples of which `user` sees every chart: one that is out of reach hides the whole."""
    in_reach = patients_cared_for_by(user)
    out_of_reach = Packet.objects.exclude(are_of(in_reach)).filter(sample__isnull=False)
    return ReviewSample.objects.filter(clinic__in=clinics_where(user, *ANSWERS_LETTERS)).exclude(
        pk__in=out_of_reach.values("sample")
    )


def copies_visible_to(user: User) -> QuerySet[ChartCopy]:
    """Whole charts as they were asked for: one patient's, by those who answer letters; every chart of a
    clinic, by its administrators, who open none of them in Midline.
    """
    return ChartCopy.objects.filter(
        Q(patient__in=patients_answered_for(user))
        | Q(patient=None, clinic__in=clinics_where(user, Role.ADMINISTRATOR))
    )


def builds_visible_to(user: User) -> QuerySet[Build]:
    return Build.objects.filter(
        Q(packet__in=packets_visible_to(user))
        | Q(sample__in=samples_visible_to(user))
        | Q(copy__in=copies_visible_to(user))
    )


def failed_and_settled() -> Q:
    """Of builds: failures that wait for nobody, since the packet was sent or the same was asked for again."""
    return Q(status=Build.Status.FAILED) & (Q(packet__sent_on__isnull=False) | _asked_for_anew())


def _asked_for_anew() -> Q:
    """Was the same asked for again since? Then the later one says how it stands."""
    later = Build.objects.filter(asked_at__gt=OuterRef("asked_at"))
    same = Q(packet=OuterRef("packet")) | Q(sample=OuterRef("sample"))
    same |= Q(copy__patient=OuterRef("copy__patient"))
    every_chart = later.filter(copy__clinic=OuterRef("copy__clinic"), copy__patient=None)
    is_of_every_chart = Q(copy__isnull=False, copy__patient=None)
    return Q(Exists(later.filter(same))) | (is_of_every_chart & Q(Exists(every_chart)))


def notes_attested_by(user: User) -> QuerySet[Note]:
    """The unsigned notes to which `user`, their author, was asked to attest."""
    return Note.objects.filter(about(visits_charted_by(user)), attestation_asked__author=user, author=user)


def attestations_asked_about(patient: Patient) -> QuerySet[AttestationAsked]:
    """What was asked of authors about a patient's unsigned notes, for whoever has the packet before them."""
    return AttestationAsked.objects.filter(note__visit__patient=patient)


def packet_policies_kept_by(user: User) -> QuerySet[PacketPolicy]:
    """For how long files are kept, in the clinics that `user` administers."""
    return PacketPolicy.objects.filter(clinic__in=clinics_where(user, Role.ADMINISTRATOR))
