"""Whose charts a person sees."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from apps.accounts.access import CHARTING, KEEPS_CHARTS, clinics_where
from apps.accounts.models import Clinic, Role, User
from apps.audit import clock

from .models import (
    CareTeamPlace,
    Coverage,
    Diagnosis,
    Disclosure,
    Document,
    EmergencyAccess,
    LegalHold,
    Patient,
    Payer,
    RecordMerge,
    RecordsRequest,
)

DISCLOSES = (Role.RECORDS, Role.SUPERVISOR)
"""Roles that account for what was given out of a chart."""

RETAINS = (*DISCLOSES, Role.ADMINISTRATOR)
"""Roles that see to it that charts are kept. An administrator opens no chart by it."""

BRINGS_IN_LISTS = (Role.RECORDS, Role.SUPERVISOR, Role.ADMINISTRATOR)
"""Roles that bring many patients in at once. An administrator opens no chart by it."""


def patients_visible_to(user: User) -> QuerySet[Patient]:
    """The patients whose chart `user` may open: those they care for, and emergency access while it lasts."""
    return Patient.objects.filter(_cared_for_by(user) | _open_in_an_emergency(user))


def patients_cared_for_by(user: User) -> QuerySet[Patient]:
    """The patients about whom `user` may write. Emergency access never gives that, nor a signature.

    Therapists, assistants and supervisors: everybody of their clinic; of the
    restricted charts only those of visits that they are on, or on whose care
    team they have a place. Students: the patients of visits that they are on.
    Records staff: everybody, since a packet may be asked for anybody.
    Administrators and other clinics: nobody.
    """
    return Patient.objects.filter(_cared_for_by(user))


def _cared_for_by(user: User) -> Combinable:
    # Patients do not know visits (imports run one way), so the relation is asked for by its name.
    visits = Patient._meta.get_field("visits").related_model._default_manager.filter(patient=OuterRef("pk"))
    is_on_a_visit = Exists(visits.filter(Q(clinician=user.pk) | Q(assistant=user.pk) | Q(student=user.pk)))
    has_a_place = Exists(CareTeamPlace.objects.filter(patient=OuterRef("pk"), person=user.pk, ended_at=None))
    return (
        Q(clinic__in=clinics_where(user, Role.RECORDS))
        | (
            Q(clinic__in=clinics_where(user, *CHARTING))
            & (Q(is_restricted=False) | is_on_a_visit | has_a_place)
        )
        | (Q(clinic__in=clinics_where(user, Role.STUDENT)) & is_on_a_visit)
    )


def _open_in_an_emergency(user: User) -> Combinable:
    is_open = Exists(open_emergency_accesses(user).filter(patient=OuterRef("pk")))
    return Q(clinic__in=clinics_where(user, *CHARTING), is_restricted=True) & is_open


def are_of(these: QuerySet[Any], through: str = "patient") -> Exists:
    """Rows of one of these patients, plans, visits or notes. Asked of each row that an index has found:
    `patient__in` would have the database draw up the list of everybody in the clinic first, for one chart.
    """
    return Exists(these.filter(pk=OuterRef(through)))


def only_reads(user: User, patient: Patient) -> bool:
    """Does `user` see this chart by emergency access alone? No query unless it is restricted."""
    return patient.is_restricted and not patients_cared_for_by(user).filter(pk=patient.pk).exists()


def open_emergency_accesses(user: User) -> QuerySet[EmergencyAccess]:
    """What `user` reads in an emergency at this moment."""
    return EmergencyAccess.objects.filter(person=user.pk, ends_at__gt=clock.now())


def emergency_accesses_reviewed_by(user: User, clinic: Clinic | None = None) -> QuerySet[EmergencyAccess]:
    """The emergency accesses in the clinics that `user` supervises, or in this one of them."""
    clinics = [one for one in clinics_where(user, Role.SUPERVISOR) if clinic is None or one == clinic.pk]
    # They are few, and each is asked for its chart: not every chart of the clinic for its accesses.
    return EmergencyAccess.objects.filter(are_of(Patient.objects.filter(clinic__in=clinics)))


def care_team_places_kept_by(user: User) -> QuerySet[CareTeamPlace]:
    """The places that `user` may end: of charts that they keep."""
    return CareTeamPlace.objects.filter(are_of(patients_kept_by(user)))


def patients_accounted_for_by(user: User) -> QuerySet[Patient]:
    """The patients of whose chart `user` accounts for what was seen and given out."""
    return patients_cared_for_by(user).filter(clinic__in=clinics_where(user, *DISCLOSES))


def patients_retained_by(user: User) -> QuerySet[Patient]:
    """The patients whose chart `user` sees kept: those they account for; for administrators everybody of the
    clinic, by name and number alone.
    """
    accounted_for = _cared_for_by(user) & Q(clinic__in=clinics_where(user, *DISCLOSES))
    return Patient.objects.filter(accounted_for | Q(clinic__in=clinics_where(user, Role.ADMINISTRATOR)))


def holds_kept_by(user: User) -> QuerySet[LegalHold]:
    """The legal holds that `user` may lift."""
    return LegalHold.objects.filter(are_of(patients_retained_by(user)))


def merges_kept_by(user: User) -> QuerySet[RecordMerge]:
    """The merges that `user` may undo: of two charts both of which they account for."""
    kept = patients_accounted_for_by(user)
    return RecordMerge.objects.filter(are_of(kept), are_of(kept, "into"))


def disclosures_visible_to(user: User) -> QuerySet[Disclosure]:
    return Disclosure.objects.filter(are_of(patients_accounted_for_by(user)))


def records_requests_kept_by(user: User) -> QuerySet[RecordsRequest]:
    """The requests for a record whose answer `user` writes down."""
    return RecordsRequest.objects.filter(are_of(patients_accounted_for_by(user)))


def patients_kept_by(user: User) -> QuerySet[Patient]:
    """The patients whose registration `user` may edit."""
    return patients_cared_for_by(user).filter(clinic__in=clinics_where(user, *KEEPS_CHARTS))


def coverages_kept_by(user: User) -> QuerySet[Coverage]:
    return Coverage.objects.filter(are_of(patients_kept_by(user)))


def diagnoses_visible_to(user: User) -> QuerySet[Diagnosis]:
    """The diagnoses in the charts that `user` sees."""
    return Diagnosis.objects.filter(are_of(patients_visible_to(user)))


def coverages_visible_to(user: User) -> QuerySet[Coverage]:
    """The coverages in the charts that `user` sees."""
    return Coverage.objects.filter(are_of(patients_visible_to(user)))


def merges_visible_to(user: User) -> QuerySet[RecordMerge]:
    """The mergers of records that `user` sees, both of them."""
    seen = patients_visible_to(user)
    return RecordMerge.objects.filter(are_of(seen), are_of(seen, "into"), undone_at=None)


def diagnoses_kept_by(user: User) -> QuerySet[Diagnosis]:
    return Diagnosis.objects.filter(are_of(patients_kept_by(user)))


def documents_visible_to(user: User) -> QuerySet[Document]:
    """The uploaded documents of the charts that `user` sees, records staff included."""
    return Document.objects.filter(are_of(patients_visible_to(user)))


def documents_kept_by(user: User) -> QuerySet[Document]:
    """The documents that `user` may set aside: of the charts that they keep."""
    return Document.objects.filter(are_of(patients_kept_by(user)))


def payers_kept_by(user: User) -> QuerySet[Payer]:
    """The payers whose settings `user` may edit: those of the clinics they administer."""
    return Payer.objects.filter(clinic__in=clinics_where(user, Role.ADMINISTRATOR))
