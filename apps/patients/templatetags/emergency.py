"""Is this page shown by emergency access? Asked by the patient's banner, so that no page forgets it."""

from __future__ import annotations

from django import template

from apps.patients.access import only_reads, open_emergency_accesses

register = template.Library()


@register.simple_tag
def emergency_access(user, patient):
    """The open emergency access by which `user` sees `patient`, or None. Asks nothing for an open chart."""
    if not patient.is_restricted or not user.is_authenticated or not only_reads(user, patient):
        return None
    return open_emergency_accesses(user).filter(patient=patient.pk).first()
