"""What every page shows around its content: whose clinic it is, where one can go, whether it is a demo."""

from __future__ import annotations

from django.conf import settings

from . import access
from .models import Role

TODAY = ("today", "Today")
PATIENTS = ("patients", "Patients")
NOTES = ("notes", "Notes")
WORKLIST = ("worklist", "Worklist")
ATTENDANCE = ("attendance-log", "Attendance")
PEOPLE = ("people", "People")
PAYERS = ("payers", "Payers")
RULES = ("rules", "Rules")
TRAIL = ("trail", "Audit trail")
LOCALITY = ("locality", "Locality")
RECORD = ("record-policy", "Record")
PACKETS = ("packets", "Packets")
PACKET_POLICY = ("packet-policy", "Packets")

# The first is where the wordmark leads.
NAVIGATION = {
    Role.THERAPIST: (TODAY, WORKLIST, PATIENTS, NOTES, ATTENDANCE, RULES),
    Role.ASSISTANT: (TODAY, WORKLIST, PATIENTS, NOTES, ATTENDANCE, RULES),
    Role.SUPERVISOR: (TODAY, WORKLIST, PATIENTS, NOTES, ATTENDANCE, PACKETS, TRAIL, RULES),
    Role.STUDENT: (TODAY, NOTES, RULES),
    Role.RECORDS: (PATIENTS, PACKETS, NOTES, WORKLIST, ATTENDANCE),
    Role.ADMINISTRATOR: (PEOPLE, PAYERS, RULES, LOCALITY, RECORD, PACKET_POLICY, TRAIL),
}


def deployment(request):
    """A made-up clinic says so on every page."""
    return {"is_demo": settings.DEMO}


def surroundings(request):
    """The links and clinics of the person who asks; nothing for somebody who has not signed in."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {"navigation": (), "my_memberships": ()}
    return {
        "navigation": NAVIGATION.get(membership.role, ()),
        "my_memberships": access.memberships_of(request.user),
        "finds_patients": membership.role in access.KEEPS_CHARTS,
    }
