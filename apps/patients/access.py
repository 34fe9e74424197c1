"""Whose charts a person sees."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.access import CHARTING, KEEPS_CHARTS, clinics_where
from apps.accounts.models import Role, User

from .models import Coverage, Diagnosis, Document, Patient, Payer


def patients_visible_to(user: User) -> QuerySet[Patient]:
    """The patients whose chart `user` may open.

    Therapists, assistants and supervisors: everybody of their clinic; of the
    restricted charts only those of visits that they are on. Students: the
    patients of visits that they are on. Records staff: everybody, since a
    packet may be asked for anybody. Administrators and other clinics: nobody.
    """
    # Patients do not know visits (imports run one way), so the relation is asked for by its name.
    visits = Patient._meta.get_field("visits").related_model._default_manager.filter(patient=OuterRef("pk"))
    is_on_a_visit = Exists(visits.filter(Q(clinician=user.pk) | Q(assistant=user.pk) | Q(student=user.pk)))
    return Patient.objects.filter(
        Q(clinic__in=clinics_where(user, Role.RECORDS))
        | (Q(clinic__in=clinics_where(user, *CHARTING)) & (Q(is_restricted=False) | is_on_a_visit))
        | (Q(clinic__in=clinics_where(user, Role.STUDENT)) & is_on_a_visit)
    )


def patients_kept_by(user: User) -> QuerySet[Patient]:
    """The patients whose registration `user` may edit."""
    return patients_visible_to(user).filter(clinic__in=clinics_where(user, *KEEPS_CHARTS))


def coverages_kept_by(user: User) -> QuerySet[Coverage]:
    return Coverage.objects.filter(patient__in=patients_kept_by(user))


def diagnoses_kept_by(user: User) -> QuerySet[Diagnosis]:
    return Diagnosis.objects.filter(patient__in=patients_kept_by(user))


def documents_visible_to(user: User) -> QuerySet[Document]:
    """The uploaded documents of the charts that `user` sees, records staff included."""
    return Document.objects.filter(patient__in=patients_visible_to(user))


def documents_kept_by(user: User) -> QuerySet[Document]:
    """The documents that `user` may set aside: of the charts that they keep."""
    return Document.objects.filter(patient__in=patients_kept_by(user))


def payers_kept_by(user: User) -> QuerySet[Payer]:
    """The payers whose settings `user` may edit: those of the clinics they administer."""
    return Payer.objects.filter(clinic__in=clinics_where(user, Role.ADMINISTRATOR))
