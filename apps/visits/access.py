"""Which visits a person sees, and which they may work on."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.access import CHARTING, clinics_where
from apps.accounts.models import Role, User
from apps.patients.access import are_of, patients_cared_for_by, patients_visible_to

from .models import AttendanceRecord, Visit


def is_on(user: User) -> Q:
    """Visits on which `user` treats, assists or learns."""
    return Q(clinician=user.pk) | Q(assistant=user.pk) | Q(student=user.pk)


def visits_visible_to(user: User) -> QuerySet[Visit]:
    """The visits of the charts that `user` sees; a student sees only those they are on."""
    of_visible = Visit.objects.filter(are_of(patients_visible_to(user)))
    return of_visible.filter(~Q(clinic__in=clinics_where(user, Role.STUDENT)) | is_on(user))


def visits_kept_by(user: User) -> QuerySet[Visit]:
    """The visits whose attendance `user` may record: those of their clinic, for the roles that chart."""
    return Visit.objects.filter(
        are_of(patients_cared_for_by(user)), clinic__in=clinics_where(user, *CHARTING)
    )


def visits_charted_by(user: User) -> QuerySet[Visit]:
    """The visits about which `user` may start a note: those they are on.

    Who is on a visit cares for its patient, restricted or not (patients_cared_for_by), and a visit is of its
    patient's clinic (visits.actions.book): so the chart need not be asked for once more, with every save.
    """
    return Visit.objects.filter(is_on(user), clinic__in=clinics_where(user, *CHARTING, Role.STUDENT))


def attendance_of(visits: QuerySet[Visit]) -> QuerySet[AttendanceRecord]:
    """What was recorded of the attendance at these visits."""
    return AttendanceRecord.objects.filter(visit__in=visits)
