"""Who reaches what: every address × every person × every method, plain and by htmx.

The table below is written from the issue's "People and access" and from nothing else. An address that is not
in it fails the build. What is out of reach answers exactly as if it did not exist.
"""

import datetime as dt
import io
import re
import uuid
from functools import cache
from http.cookies import SimpleCookie
from itertools import cycle
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from apps.accounts.password import PASSWORD_GIVEN_AT
from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.compliance.rules import CATALOGUE
from apps.episodes.models import Authorization, Goal, Paper, PlanOfCare, PlanVersion
from apps.exports.packets.models import AttestationAsked, Build, Packet, ReviewSample
from apps.intake.models import PatientImport
from apps.ledger.models import LedgerEntry
from apps.notes import saved_phrases
from apps.notes.models import Block, Note
from apps.patients import documents
from apps.patients.models import (
    CareTeamPlace,
    Coverage,
    Diagnosis,
    EmergencyAccess,
    LegalHold,
    Payer,
    RecordMerge,
    RecordsRequest,
)
from apps.review.models import PeerNote, PeerSample
from apps.visits.models import Visit
from config.headers import CONTENT_SECURITY_POLICY

PEOPLE = {
    "therapist": "tess",
    "supervisor": "sam",
    "ot": "priya",
    "assistant": "marcus",
    "student": "jo",
    "records": "rae",
    "administrator": "alex",
    "outsider": "una",
    "outside-administrator": "ines",
}
"""The word in the table → the person of the demo clinic. The last two work in another clinic."""

GROUPS = {
    "everyone": set(PEOPLE),
    # Therapist, assistant, supervisor: every chart of their clinic except those marked restricted.
    "charting": {"therapist", "supervisor", "ot", "assistant"},
    "administrators": {"administrator", "outside-administrator"},
    # Who charts has phrases of their own; administrators and supervisors keep the clinic's.
    "phrase-keepers": set(PEOPLE) - {"records"},
    "not-offered": set(),
    "nobody": set(),
    # Not even signing in leads there: the set-up page, once there is a clinic.
    "nowhere": set(),
}

# Whom an object belongs to, so that the table can be checked by eye:
#   stroke, parkinson   Dana's patients, nobody else on today's visits; today's note of stroke is Dana's draft
#   learning            Sam's visit of yesterday with Jo, the student, who wrote the draft
#   shared              today's visit of Dana with Marcus, the assistant
#   restricted          a chart of staff: only Sam has visits; records staff may be asked for its packet
#   discarded           a draft of Dana's that was put aside: no record, so never printed
TABLE = """
address            of            GET                             POST
sign-in            -             anybody                         anybody
sign-out           -             not-offered                     anybody
signed-in          -             everyone                        not-offered
healthz            -             anybody                         not-offered
readyz             -             anybody                         not-offered
account_login      -             anybody                         anybody
sign-in-passkey    -             anybody                         anybody
single-sign-on     -             not-offered                     anybody
openid_connect_callback  -       anybody                         not-offered
mfa_authenticate   -             everyone                        everyone
welcome            -             anybody                         anybody
confirm            -             everyone                        everyone
security           -             everyone                        not-offered
session-end        -             not-offered                     everyone
factor-remove      -             not-offered                     everyone
passphrase         -             everyone                        everyone
second-factor      -             everyone                        not-offered
app-add            -             everyone                        everyone
passkey-add        -             everyone                        everyone
recovery-codes     -             everyone                        everyone
choose-clinic      -             not-offered                     everyone
today              -             everyone                        not-offered
set-up             -             nowhere                         nowhere
home               -             records administrators          not-offered
inbox              -             everyone                        not-offered
inbox-mark         -             not-offered                     everyone
inbox-number       -             everyone                        not-offered
inbox-mail         -             everyone                        everyone

people             -             administrators                  not-offered
person-add         -             administrators                  administrators
person             therapist     administrator                   administrator
person             outsider      outside-administrator           outside-administrator
person-invitation  therapist     administrator                   administrator
person-invitation  outsider      outside-administrator           outside-administrator
factors-reset      therapist     not-offered                     administrator
factors-reset      outsider      not-offered                     outside-administrator
clinic-details     -             administrators                  administrators
payers             -             administrators                  not-offered
payer-add          -             administrators                  administrators
imports            -             supervisor records administrators       supervisor records administrators
import-sample      -             supervisor records administrators       not-offered
import             own           supervisor records              not-offered
import             administered  supervisor records administrator        not-offered
import             foreign       outside-administrator           not-offered
import-columns     own           supervisor records              supervisor records
import-columns     foreign       outside-administrator           outside-administrator
import-left        own           supervisor records              not-offered
import-left        foreign       outside-administrator           not-offered
import-answer      own           not-offered                     supervisor records
import-answer      foreign       not-offered                     outside-administrator
import-carry-out   own           not-offered                     supervisor records
import-carry-out   foreign       not-offered                     outside-administrator
import-again       own           not-offered                     supervisor records
import-again       foreign       not-offered                     outside-administrator
import-undo        own           not-offered                     supervisor records
import-undo        foreign       not-offered                     outside-administrator
import-discard     own           not-offered                     supervisor records
import-discard     foreign       not-offered                     outside-administrator
payer              own           administrator                   administrator
payer              foreign       outside-administrator           outside-administrator

patients           -             charting student records outsider      not-offered
patient-search     -             not-offered                     charting student records outsider
find               -             everyone                        everyone
patient-add        -             charting records outsider       charting records outsider
diagnosis-search   -             not-offered                     charting records outsider
patient            stroke        charting records                not-offered
patient            learning      charting records student        not-offered
patient            restricted    supervisor records              not-offered
patient            foreign       outsider                        not-offered
patient-edit       stroke        charting records                charting records
patient-edit       learning      charting records                charting records
patient-edit       restricted    supervisor records              supervisor records
patient-edit       foreign       outsider                        outsider
merge              stroke        supervisor records              supervisor records
merge              restricted    supervisor records              supervisor records
merge              foreign       nobody                          nobody
merge-take-apart   stroke        not-offered                     supervisor records
merge-take-apart   foreign       not-offered                     nobody
holds              stroke        supervisor records administrator        supervisor records administrator
holds              restricted    supervisor records administrator        supervisor records administrator
holds              foreign       outside-administrator           outside-administrator
hold-lift          stroke        supervisor records administrator        supervisor records administrator
hold-lift          foreign       outside-administrator           outside-administrator
hold-add           -             supervisor records administrators       supervisor records administrators
retention          -             supervisor records administrators       not-offered
retention-rule     -             administrators                  administrators
coverage-add       stroke        charting records                charting records
coverage-add       restricted    supervisor records              supervisor records
coverage           stroke        charting records                charting records
coverage           restricted    supervisor records              supervisor records
coverage           foreign       outsider                        outsider
diagnosis-add      stroke        charting records                charting records
diagnosis-add      restricted    supervisor records              supervisor records
diagnosis-end      stroke        not-offered                     charting records
diagnosis-end      restricted    not-offered                     supervisor records
diagnosis-end      foreign       not-offered                     outsider
plan-add           stroke        charting                        charting
plan-add           learning      charting                        charting
plan-add           restricted    supervisor                      supervisor
plan               stroke        charting records                not-offered
plan               learning      charting student records        not-offered
plan               restricted    supervisor records              not-offered
plan               foreign       outsider                        not-offered
plan-draft         stroke        charting                        charting
plan-draft         restricted    supervisor                      supervisor
plan-draft         foreign       outsider                        outsider
plan-revise        stroke        not-offered                     charting
plan-revise        restricted    not-offered                     supervisor
plan-discard       stroke        not-offered                     charting
plan-discard       restricted    not-offered                     supervisor
plan-sign          stroke        charting                        charting
plan-sign          restricted    supervisor                      supervisor
plan-sign          foreign       outsider                        outsider
plan-end           stroke        charting                        charting
plan-end           restricted    supervisor                      supervisor
plan-version       stroke        charting records                not-offered
plan-version       learning      charting student records        not-offered
plan-version       restricted    supervisor records              not-offered
plan-version       foreign       outsider                        not-offered
plan-print         stroke        charting records                not-offered
plan-print         restricted    supervisor records              not-offered
plan-print         foreign       outsider                        not-offered
plan-pdf           stroke        charting records                not-offered
plan-pdf           restricted    supervisor records              not-offered
plan-pdf           foreign       outsider                        not-offered
goal-add           stroke        charting                        charting
goal-add           restricted    supervisor                      supervisor
goal               stroke        charting                        charting
goal               restricted    supervisor                      supervisor
goal               foreign       outsider                        outsider
goal-status        stroke        charting                        charting
goal-status        restricted    supervisor                      supervisor
goal-status        foreign       outsider                        outsider
paper-add          stroke        charting records                charting records
paper-add          restricted    supervisor records              supervisor records
paper-add          foreign       outsider                        outsider
paper              stroke        charting records                charting records
paper              restricted    supervisor records              supervisor records
paper              foreign       outsider                        outsider
authorization-add  stroke        charting records                charting records
authorization-add  restricted    supervisor records              supervisor records
authorization      stroke        charting records                charting records
authorization      restricted    supervisor records              supervisor records
authorization      foreign       outsider                        outsider
documents          stroke        charting records                charting records
documents          learning      charting student records        charting records
documents          restricted    supervisor records              supervisor records
documents          foreign       outsider                        outsider
document           stroke        charting records                not-offered
document           learning      charting student records        not-offered
document           restricted    supervisor records              not-offered
document           foreign       outsider                        not-offered
document-set-aside  stroke        not-offered                     charting records
document-set-aside  learning      not-offered                     charting records
document-set-aside  restricted    not-offered                     supervisor records
document-set-aside  foreign       not-offered                     outsider
worklist           -             charting records outsider       not-offered

visit-add          stroke        charting                        charting
visit-add          learning      charting                        charting
visit-add          restricted    supervisor                      supervisor
visit-add          foreign       outsider                        outsider
visit-attendance   parkinson     charting                        charting
visit-attendance   learning      charting                        charting
visit-attendance   restricted    supervisor                      supervisor
attendance-log     -             charting records outsider       not-offered

notes              -             charting student records outsider      not-offered
note-start         parkinson     not-offered                     therapist
note-start         shared        not-offered                     therapist assistant
note-start         learning      not-offered                     supervisor student
note-start         restricted    not-offered                     supervisor
note-start         foreign       not-offered                     outsider
start-now          stroke        not-offered                     charting
start-now          learning      not-offered                     charting
start-now          restricted    not-offered                     supervisor
start-now          foreign       not-offered                     outsider
note               stroke        charting                        therapist
note               learning      charting student                supervisor student
note               signed        charting records                therapist
note               discarded     charting                        therapist
note               restricted    supervisor records              supervisor
note               foreign       outsider                        outsider
note-here          stroke        not-offered                     charting
note-here          learning      not-offered                     charting student
note-here          signed        not-offered                     nobody
note-here          restricted    not-offered                     nobody
note-here          foreign       not-offered                     nobody
note-answer        stroke        not-offered                     therapist
note-answer        learning      not-offered                     supervisor student
note-answer        signed        not-offered                     therapist
note-answer        restricted    not-offered                     supervisor
note-sign          stroke        therapist                       therapist
note-sign          learning      supervisor student              supervisor student
note-sign          signed        therapist                       therapist
note-sign          restricted    supervisor                      supervisor
note-sign          foreign       outsider                        outsider
note-discard       stroke        therapist                       therapist
note-discard       learning      supervisor student              supervisor student
note-discard       restricted    supervisor                      supervisor
measures           stroke        charting records                not-offered
measures           learning      charting student records        not-offered
measures           restricted    supervisor records              not-offered
measures           foreign       outsider                        not-offered
flowsheet          stroke        charting records                not-offered
flowsheet          learning      charting student records        not-offered
flowsheet          restricted    supervisor records              not-offered
flowsheet          foreign       outsider                        not-offered
note-print         stroke        charting                        not-offered
note-print         learning      charting student                not-offered
note-print         signed        charting records                not-offered
note-print         discarded     nobody                          not-offered
note-print         restricted    supervisor records              not-offered
note-print         foreign       outsider                        not-offered
note-text          stroke        charting                        not-offered
note-text          learning      charting student                not-offered
note-text          signed        charting records                not-offered
note-text          discarded     nobody                          not-offered
note-text          restricted    supervisor records              not-offered
note-text          foreign       outsider                        not-offered
note-pdf           stroke        charting                        not-offered
note-pdf           learning      charting student                not-offered
note-pdf           signed        charting records                not-offered
note-pdf           discarded     nobody                          not-offered
note-pdf           restricted    supervisor records              not-offered
note-pdf           foreign       outsider                        not-offered
note-fhir          stroke        nobody                          not-offered
note-fhir          signed        charting records                not-offered
note-fhir          discarded     nobody                          not-offered
note-fhir          restricted    supervisor records              not-offered
note-fhir          foreign       outsider                        not-offered
phrases            -             phrase-keepers                  phrase-keepers
phrase             own           therapist                       therapist
phrase             clinic        supervisor administrator        supervisor administrator
phrase             foreign       outsider                        outsider
record-policy      -             administrators                  administrators
notes-left         -             supervisor                      not-offered
cosign             stroke        charting                        charting
cosign             signed        charting records                charting records
cosign             discarded     nobody                          nobody
cosign             restricted    supervisor records              supervisor records
cosign             foreign       outsider                        outsider
addend             stroke        charting                        charting
addend             signed        charting records                charting records
addend             discarded     nobody                          nobody
addend             restricted    supervisor records              supervisor records
addend             foreign       outsider                        outsider
enter-late         stroke        charting                        charting
enter-late         signed        charting records                charting records
enter-late         discarded     nobody                          nobody
enter-late         restricted    supervisor records              supervisor records
enter-late         foreign       outsider                        outsider
correct            stroke        charting                        charting
correct            signed        charting records                charting records
correct            discarded     nobody                          nobody
correct            restricted    supervisor records              supervisor records
correct            foreign       outsider                        outsider
void               stroke        charting                        charting
void               signed        charting records                charting records
void               discarded     nobody                          nobody
void               restricted    supervisor records              supervisor records
void               foreign       outsider                        outsider
note-review        stroke        charting                        charting
note-review        learning      charting student                charting student
note-review        signed        charting                        charting
note-review        discarded     nobody                          nobody
note-review        restricted    supervisor                      supervisor
note-review        foreign       outsider                        outsider

review             -             therapist supervisor ot outsider    not-offered
review-note        signed        therapist supervisor ot         therapist supervisor ot
review-note        stroke        nobody                          nobody
review-note        restricted    supervisor                      supervisor
review-note        foreign       outsider                        outsider
review-figures     -             charting outsider               not-offered
peer-samples       -             therapist supervisor ot outsider    supervisor
peer-sample        stroke        therapist supervisor ot         supervisor
peer-sample        foreign       outsider                        nobody
peer-note          signed        therapist ot                    therapist ot
peer-note          foreign       outsider                        outsider

visit-estimate     signed        supervisor records              not-offered
visit-estimate     learning      nobody                          not-offered
visit-estimate     restricted    supervisor records              not-offered
visit-estimate     foreign       nobody                          not-offered
locality           -             administrators                  administrators
fees               -             administrators                  administrators

packets            -             supervisor records              not-offered
patient-table      stroke        supervisor records              supervisor records
patient-table      restricted    supervisor records              supervisor records
patient-table      foreign       nobody                          nobody
packet-add         stroke        supervisor records              supervisor records
packet-add         restricted    supervisor records              supervisor records
packet-add         foreign       nobody                          nobody
packet             stroke        supervisor records              not-offered
packet             restricted    supervisor records              not-offered
packet             foreign       nobody                          not-offered
packet-edit        stroke        supervisor records              supervisor records
packet-edit        foreign       nobody                          nobody
packet-explain     stroke        not-offered                     supervisor records
packet-explain     foreign       not-offered                     nobody
packet-sent        stroke        not-offered                     supervisor records
packet-sent        foreign       not-offered                     nobody
packet-lines       stroke        supervisor records              supervisor records
packet-lines       foreign       nobody                          nobody
packet-lines-import  stroke      supervisor records              supervisor records
packet-lines-import  foreign     nobody                          nobody
packet-line-remove  foreign      not-offered                     nobody
packet-make        stroke        not-offered                     supervisor records
packet-make        foreign       not-offered                     nobody
packet-build       stroke        supervisor records              not-offered
packet-build       restricted    supervisor records              not-offered
packet-build       foreign       nobody                          not-offered
packet-build-cancel  stroke      not-offered                     supervisor records
packet-build-cancel  foreign     not-offered                     nobody
packet-build-again  stroke       not-offered                     supervisor records
packet-build-again  foreign      not-offered                     nobody
packet-build-download  foreign   nobody                          not-offered
attestation-ask    foreign       not-offered                     nobody
attestations       -             charting outsider               not-offered
attest             learning      student                         student
attest             foreign       nobody                          nobody
sample-add         -             supervisor records              supervisor records
sample             stroke        supervisor records              not-offered
sample             foreign       nobody                          not-offered
sample-make        stroke        not-offered                     supervisor records
sample-make        foreign       not-offered                     nobody
disclosure-log     -             supervisor records              not-offered
chart-copy         stroke        supervisor records              supervisor records
chart-copy         restricted    supervisor records              supervisor records
chart-copy         foreign       nobody                          nobody
clinic-copy        -             administrators                  administrators
packet-policy      -             administrators                  administrators
paper              -             administrators                  administrators
letterhead         -             administrators                  administrators
trail              -             supervisor administrators       supervisor administrators
patient-trail      stroke        supervisor records              not-offered
patient-trail      restricted    supervisor records              not-offered
patient-trail      foreign       nobody                          not-offered
records-requests   stroke        supervisor records              supervisor records
records-requests   foreign       nobody                          nobody
records-left       stroke        supervisor records              supervisor records
records-left       foreign       nobody                          nobody
disclosures        stroke        supervisor records              supervisor records
disclosures        restricted    supervisor records              supervisor records
disclosures        foreign       nobody                          nobody
care-team          restricted    supervisor records              supervisor records
care-team          foreign       nobody                          nobody
care-team-end      restricted    not-offered                     supervisor records
emergency-access   -             charting outsider               charting outsider
emergency-end      restricted    not-offered                     nobody
emergency-report   -             supervisor                      not-offered
emergency-reviewed  restricted   not-offered                     supervisor
verification       -             supervisor administrators       not-offered
verify-now         -             not-offered                     supervisor administrators
chain-bundle       -             supervisor administrators       not-offered
verifier           -             supervisor administrators       not-offered
checkpoints        -             supervisor administrators       not-offered

help               -             everyone                        not-offered
practice           -             charting student outsider       charting student outsider
help-page          -             everyone                        not-offered
rules              -             everyone                        not-offered
rule               -             everyone                        not-offered
rule-severities    -             administrators                  administrators
"""

ROWS = [re.split(r"\s{2,}", line.strip()) for line in TABLE.strip().splitlines()[1:] if line.strip()]

OF_ADDRESS = {row[0]: [other for other in ROWS if other[0] == row[0]] for row in ROWS}

IN, NOTHING_HERE, NOT_OFFERED, SIGNED_OUT = "gets in", "404", "405", "signed out"


def allowed(cell):
    return set().union(*(GROUPS.get(word, {word}) for word in cell.split()))


# --- What the table's words stand for ---------------------------------------------------------------------


def authorize(patient):
    return Authorization.objects.create(
        clinic=patient.clinic,
        patient=patient,
        coverage=patient.coverages.first(),
        number="DEMO-1",
        allowed=12,
        starts_on="2026-11-01",
        through_on="2026-12-31",
    )


def phrases_of(clinic):
    """One of Dana's own, one of her clinic's, and one of somebody's in another clinic."""

    def add(by, shared=False):
        words = f"___ of {by.name}"
        where = clinic.lakeside if by == clinic.una else clinic.riverside
        return saved_phrases.add(clinic=where, kind="cue", words=words, shared=shared, by=by)

    return {"own": add(clinic.tess), "clinic": add(clinic.sam, shared=True), "foreign": add(clinic.una)}


def upload(patient):
    by = patient.visits.first().clinician
    file = io.BytesIO(b"\xff\xd8\xff" + patient.pk.bytes)
    return documents.upload(patient=patient, type="fax", dated_on=dt.date(2026, 11, 19), file=file, by=by)


def packets_of(clinic, patients, notes):
    """A packet, a build and a sample of each: by address, the object of each word."""
    letter = {
        "reviewer": "A reviewer",
        "kind": "payer",
        "letter_on": dt.date(2026, 11, 2),
        "purpose": "review",
        "contact_name": "Somebody",
        "contact_phone": "555-0100",
        "created_by": clinic.rae,
        "created_at": clock.now(),
    }
    packets, builds, samples = {}, {}, {}
    for key in ("stroke", "restricted", "foreign"):
        patient = patients[key]
        samples[key] = ReviewSample.objects.create(clinic=patient.clinic, **letter)
        packets[key] = Packet.objects.create(
            clinic=patient.clinic,
            patient=patient,
            sample=samples[key] if key != "restricted" else None,
            starts_on=dt.date(2026, 10, 1),
            through_on=dt.date(2026, 11, 1),
            **letter,
        )
        builds[key] = Build.objects.create(
            clinic=patient.clinic,
            packet=packets[key],
            made_by=clinic.rae,
            asked_at=clock.now(),
            reviewer="A reviewer",
            purpose="review",
        )
    for key in ("learning", "foreign"):
        AttestationAsked.objects.get_or_create(
            note=notes[key],
            author=notes[key].author if key == "learning" else clinic.tess,
            asked_by=clinic.rae,
            asked_at=clock.now(),
            packet=packets["stroke"],
        )
    of_packet = ("", "-edit", "-explain", "-sent", "-lines", "-lines-import", "-line-remove", "-make")
    of_build = ("", "-cancel", "-again", "-download")
    return {
        "packet-add": patients,
        "patient-table": patients,
        "chart-copy": patients,
        **{f"packet{name}": packets for name in of_packet},
        "attestation-ask": packets,
        **{f"packet-build{name}": builds for name in of_build},
        "sample": samples,
        "sample-make": samples,
        "attest": notes,
    }


def merged(patient, by):
    """That a second record was put to this one, once."""
    return RecordMerge.objects.create(
        patient=patient, into=patient, reason="the same", merged_by=by, merged_at=clock.now()
    )


def held(patient, by):
    return LegalHold.objects.create(patient=patient, reason="a lawsuit", placed_by=by, placed_at=clock.now())


def imports_of(clinic):
    """Lists of patients that records staff, an administrator and the other clinic's began."""
    made = {
        key: PatientImport.objects.create(
            clinic=of, format="csv", status="columns", encoding="UTF-8", begun_by=by, begun_at=clock.now()
        )
        for key, of, by in (
            ("own", clinic.riverside, clinic.rae),
            ("administered", clinic.riverside, clinic.alex),
            ("foreign", clinic.lakeside, clinic.ines),
        )
    }
    steps = ("", "-columns", "-left", "-answer", "-carry-out", "-again", "-undo", "-discard")
    return {f"import{step}": made for step in steps}


def peers_of(clinic, notes):
    """Peer samples of Dana and Priya, and of the other clinic's, with a note in each."""
    samples, drawn = {}, {}
    for key, note, reviewers in (
        ("stroke", "signed", (clinic.tess, clinic.priya)),
        ("foreign", "foreign", (clinic.una, clinic.ines)),
    ):
        samples[key] = PeerSample.objects.create(
            clinic=notes[note].clinic,
            discipline="PT",
            starts_on=clinic.today,
            ends_on=clinic.today,
            size=1,
            first=reviewers[0],
            second=reviewers[1],
            frame=[],
            begun_by=clinic.sam,
            begun_at=clock.now(),
        )
        entry = LedgerEntry.objects.filter(document=notes[note].pk).order_by("seq").last()
        drawn[note] = PeerNote.objects.create(
            sample=samples[key], note=notes[note], position=1, entry=entry.hash if entry else ""
        )
    return {"peer-sample": samples, "peer-note": drawn}


def place_of(patient, clinic):
    """A place on the care team that was ended, so that it opens nothing to anybody."""
    return CareTeamPlace.objects.create(
        patient=patient,
        person=clinic.priya,
        reason="covers",
        given_by=clinic.sam,
        given_at=clock.now(),
        ended_at=clock.now(),
        ended_by=clinic.sam,
    )


def requested(patient, clinic):
    """A request for the record, written down by hand."""
    by = clinic.una if patient.clinic_id == clinic.lakeside.pk else clinic.rae
    return RecordsRequest.objects.create(
        patient=patient,
        received_on=clinic.today,
        requester="A lawyer",
        recorded_by=by,
        recorded_at=clock.now(),
    )


def emergency_of(patient, clinic):
    """An emergency access that is over."""
    return EmergencyAccess.objects.create(
        patient=patient, person=clinic.priya, reason="was here", taken_at=clock.now(), ends_at=clock.now()
    )


@pytest.fixture
def things(clinic, settings, tmp_path):
    """The object of each row: of address and word, the id in the address."""
    settings.MEDIA_ROOT = tmp_path  # uploads of these tests go away with them
    of = {
        "stroke": clinic.patients["stroke"],
        "parkinson": clinic.patients["parkinson"],
        "learning": clinic.patients["brain_injury"],
        "shared": clinic.patients["sclerosis"],
        "signed": clinic.patients["stroke"],
        "discarded": clinic.patients["ankle"],
        "restricted": clinic.patients["restricted"],
        "foreign": clinic.patients["harbor"],
    }
    visits = {
        "parkinson": Visit.objects.get(patient=of["parkinson"], served_on=clinic.today),
        "learning": Visit.objects.get(patient=of["learning"], clinician=clinic.sam, student=clinic.jo),
        "shared": Visit.objects.get(
            patient=of["shared"], served_on=clinic.today, assistant=clinic.marcus, clinician=clinic.tess
        ),
        "restricted": Visit.objects.get(patient=of["restricted"], served_on=clinic.today),
        "foreign": Visit.objects.get(patient=of["foreign"], served_on=clinic.today),
    }
    notes = {
        "stroke": Note.objects.get(visit__patient=of["stroke"], status="draft"),
        "learning": visits["learning"].notes.get(),
        "signed": Note.objects.filter(
            visit__patient=of["stroke"], status="signed", author=clinic.tess
        ).first(),
        "discarded": Note.objects.get(visit__patient=of["discarded"], status="discarded"),
        "restricted": Note.objects.get(visit__patient=of["restricted"]),
        "foreign": Note.objects.filter(visit__patient=of["foreign"]).first(),
    }

    def first(model, **of_patient):
        return {
            key: model.objects.filter(**dict.fromkeys(of_patient, patient)).first()
            for key, patient in of.items()
        }

    uploaded = {key: upload(of[key]) for key in ("stroke", "learning", "restricted", "foreign")}
    by_address = {
        "person": {"therapist": clinic.tess, "outsider": clinic.una},
        "person-invitation": {"therapist": clinic.tess, "outsider": clinic.una},
        "factors-reset": {"therapist": clinic.tess, "outsider": clinic.una},
        "payer": {
            "own": Payer.objects.filter(clinic=clinic.riverside).first(),
            "foreign": Payer.objects.filter(clinic=clinic.lakeside).first(),
        },
        "phrase": phrases_of(clinic),
        "coverage": first(Coverage, patient=True),
        "diagnosis-end": first(Diagnosis, patient=True),
        **dict.fromkeys(
            (
                "plan",
                "plan-draft",
                "plan-revise",
                "plan-discard",
                "plan-sign",
                "plan-end",
                "goal-add",
                "paper-add",
            ),
            first(PlanOfCare, patient=True),
        ),
        **dict.fromkeys(("plan-version", "plan-print", "plan-pdf"), first(PlanVersion, plan__patient=True)),
        **dict.fromkeys(("goal", "goal-status"), first(Goal, plan__patient=True)),
        "paper": first(Paper, plan__patient=True),
        "authorization": {key: authorize(of[key]) for key in ("stroke", "restricted", "foreign")},
        "document": uploaded,
        "document-set-aside": uploaded,
        **packets_of(clinic, of, notes),
        "records-left": {key: requested(of[key], clinic) for key in ("stroke", "foreign")},
        **peers_of(clinic, notes),
        **imports_of(clinic),
        "merge-take-apart": {key: merged(of[key], clinic.sam) for key in ("stroke", "foreign")},
        "hold-lift": {key: held(of[key], clinic.sam) for key in ("stroke", "foreign")},
        "care-team-end": {"restricted": place_of(of["restricted"], clinic)},
        "emergency-end": {"restricted": emergency_of(of["restricted"], clinic)},
        "emergency-reviewed": {"restricted": emergency_of(of["restricted"], clinic)},
        "visit-attendance": visits,
        "visit-estimate": {key: note.visit for key, note in notes.items()},
        "note-start": visits,
        **dict.fromkeys(
            (
                "note",
                "note-here",
                "note-answer",
                "note-sign",
                "note-discard",
                "note-print",
                "note-text",
                "note-pdf",
                "note-fhir",
            ),
            notes,
        ),
        **dict.fromkeys(
            ("cosign", "addend", "enter-late", "correct", "void", "note-review", "review-note"), notes
        ),
    }
    by_patient = (
        "patient",
        "patient-edit",
        "coverage-add",
        "diagnosis-add",
        "plan-add",
        "visit-add",
        "start-now",
        "authorization-add",
        "documents",
        "measures",
        "flowsheet",
        "patient-trail",
        "disclosures",
        "records-requests",
        "care-team",
        "merge",
        "holds",
    )
    by_address |= dict.fromkeys(by_patient, of)
    return SimpleNamespace(
        id=lambda address, word: by_address[address][word].pk if word != "-" else None,
        patients=of,
        visits=visits,
        notes=notes,
    )


PARAMETER = {
    "coverage-add": "patient",
    "diagnosis-add": "patient",
    "plan-add": "patient",
    "visit-add": "patient",
    "start-now": "patient",
    "goal-add": "plan",
    "paper-add": "plan",
    "authorization-add": "patient",
    "documents": "patient",
    "packet-add": "patient",
    "patient-table": "patient",
    "chart-copy": "patient",
    "measures": "patient",
    "flowsheet": "patient",
    "disclosures": "patient",
    "records-requests": "patient",
    "care-team": "patient",
    "holds": "patient",
    "merge": "patient",
    "note-start": "visit",
}


def address_of(name, id):
    if name == "help-page":
        return reverse(name, args=["supervisors"])
    if name == "rule":
        return reverse(name, args=[CATALOGUE[0].code])
    return reverse(name, kwargs={PARAMETER.get(name, "pk"): id} if id else {})


@pytest.fixture
def ask(clinic, monkeypatch, tmp_path, settings):
    """`ask(person, method, path)`: the answer, with whatever the request did undone."""
    # Whether a PDF comes out well is asked in tests/exports; here, who gets one.
    monkeypatch.setattr("apps.exports.pdf.print_page", lambda *args, **kwargs: b"%PDF-1.7")
    checkpoints = tmp_path / "checkpoints.jsonl"
    checkpoints.write_text("")
    settings.LEDGER_CHECKPOINT_FILE = checkpoints

    @cache
    def session_of(person):
        client = Client()
        client.force_login(getattr(clinic, PEOPLE[person]))
        # Who is asked here, and not whether they said so again: that is in tests/accounts/test_step_up.py.
        session = client.session
        session[PASSWORD_GIVEN_AT] = int(clock.now().timestamp())
        session.save()
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def send(person, method, path, *, htmx=False, data=None):
        client = Client(raise_request_exception=False)
        if person != "anonymous":
            client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: session_of(person)})
        headers = {"HX-Request": "true"} if htmx else {}
        events = Event.objects.count()
        before = transaction.savepoint()
        try:
            if method in ("GET", "POST"):
                answer = getattr(client, method.lower())(path, data or {}, headers=headers)
            else:
                form = "application/x-www-form-urlencoded"
                answer = client.generic(method, path, b"a=1", form, headers=headers)
            # Every change has its line in the audit, so this counts changes as well.
            # That somebody was turned away is recorded too, and changes nothing.
            new = Event.objects.order_by("-id")[: Event.objects.count() - events]
            answer.events = [event.verb for event in new]
            answer.recorded = len(answer.events) - answer.events.count(verbs.ACCESS_DENIED)
            return answer
        finally:
            transaction.savepoint_rollback(before)

    return send


SIGN_OUT = b'action="/sign-out/"'
SHEETS = ("note-print", "plan-print")  # a sheet to print, with one way: back to its page

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Access-Control-Allow-Origin": None,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""What every answer carries, whoever asked and whatever they got."""

OF_AN_UPLOAD = {"Content-Security-Policy": "sandbox; default-src 'none'"}
"""Stricter for a file that somebody brought: nothing in it runs, and it reaches nothing."""


def outcome(response, address):
    ends_there = ("sign-out", "sign-in-passkey", "single-sign-on", "openid_connect_callback")
    if address in ends_there and response.status_code in (302, 401):
        return IN  # everybody ends at the sign-in page
    if response.status_code == 401:
        return SIGNED_OUT
    if response.status_code == 302 and response["Location"].startswith(reverse("sign-in")):
        return SIGNED_OUT
    if response.status_code in (404, 405):
        return str(response.status_code)
    return IN if response.status_code in (200, 302, 409, 422) else f"status {response.status_code}"


TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")


def words_of(response):
    """The body without its form tokens, which are new in every answer."""
    return TOKEN.sub(b"", response.content)


def canaries(clinic):
    # Not the family name alone: a chart is restricted because somebody of the staff bears the same. As words
    # of their own, since a token of 64 random letters holds a given name of four now and then.
    names = {
        words
        for patient in clinic.patients.values()
        for words in (patient.name, patient.given_name, patient.mrn)
    }
    return re.compile(rb"\b(?:%s)\b" % "|".join(map(re.escape, sorted(names))).encode())


# --- The matrix -------------------------------------------------------------------------------------------


def named_addresses():
    def patterns(of):
        for pattern in of:
            if hasattr(pattern, "url_patterns"):
                yield from patterns(pattern.url_patterns)
            else:
                yield pattern

    return list(patterns(get_resolver().url_patterns))


def test_every_address_is_in_the_table():
    unnamed = [str(pattern.pattern) for pattern in named_addresses() if not pattern.name]
    assert not unnamed, "An address without a name cannot be listed."
    names = {pattern.name for pattern in named_addresses()}
    assert names - {row[0] for row in ROWS} == set(), "Say in TABLE who gets in."
    assert {row[0] for row in ROWS} - names == set(), "TABLE names an address that is gone."


def test_every_address_that_names_an_object_is_tried_with_an_object_out_of_reach():
    objects = {address: {row[1] for row in rows} for address, rows in OF_ADDRESS.items()}
    with_object = {pattern.name for pattern in named_addresses() if "uuid" in str(pattern.pattern)}
    for address in with_object:
        assert objects[address] & {"restricted", "foreign", "outsider"}, address


@pytest.mark.parametrize("address", OF_ADDRESS)
def test_people_get_in_where_the_table_says_and_nowhere_else(address, clinic, things, ask):
    wrong = []
    for turn, (_, of, get, post) in enumerate(OF_ADDRESS[address]):
        found, compared = tried(address, of, get, post, turn, clinic, things, ask)
        wrong += [f"{address} of {of}: {words}" for words in found]
        if of != "-" and not compared:
            wrong.append(f"{address} of {of}: nobody was out of reach, so nothing was compared")
    assert not wrong, "\n".join(wrong)


def tried(address, of, get, post, turn, clinic, things, ask):
    """What is not as the row says, and how many answers were compared with one about nothing.

    On SQLite everybody asks plainly; by htmx every third does, in turns, so that each address and each person
    does. On PostgreSQL one asks for each answer that there can be.
    """
    path = address_of(address, things.id(address, of))
    data = {
        "choose-clinic": lambda person: {"clinic": _clinic_of(clinic, person)},
        "session-end": lambda person: {"others": "1"},
    }.get(address, lambda person: {})
    shown = canaries(clinic)
    wrong = []
    compared = 0
    for at, person in enumerate(asking(get, post, turn)):
        for method, cell in (("GET", get), ("POST", post)):
            other = post if method == "GET" else get
            for htmx in (False, True) if (at + turn) % 3 == 0 else (False,):
                answer = ask(person, method, path, htmx=htmx, data={"said": "something", **data(person)})
                got = outcome(answer, address)
                expected = _expected(person, cell, other)
                how = f"{method} by htmx" if htmx else method
                says = f"{person} {how}: {got}, not {' or '.join(sorted(expected))}"
                if got not in expected:
                    wrong.append(says)
                if got in (NOTHING_HERE, SIGNED_OUT, NOT_OFFERED):
                    body = answer.content
                    if answer.recorded:
                        wrong.append(f"{says}: something was done")
                    denials = [] if person == "anonymous" else [verbs.ACCESS_DENIED]
                    if got == NOTHING_HERE and answer.events != denials:
                        wrong.append(f"{says}: recorded as {answer.events}, not as one denial")
                    wrong += [f"{says}: shows {name}" for name in shown.findall(body)]
                if of != "-" and got == NOTHING_HERE and cell != "not-offered" and not htmx:
                    compared += 1
                    if seen_of(answer) != nowhere(ask, address, person, method):
                        wrong.append(f"{says}: differs from the answer about an id that nothing has")
                if got == SIGNED_OUT and htmx and answer.status_code != 401:
                    wrong.append(f"{says}: a redirect would land where the findings are")
                headers = {**HEADERS, **OF_AN_UPLOAD} if address == "document" and got == IN else HEADERS
                absent = {name for name, words in headers.items() if answer.get(name) != words}
                if absent:
                    wrong.append(f"{says}: not as it should be: {', '.join(sorted(absent))}")
                kind = answer.get("Content-Type", "")
                if kind.startswith("text/") and "charset=utf-8" not in kind:
                    wrong.append(f"{says}: does not say its characters: {kind}")
                words = b"" if answer.streaming else answer.content
                is_page = not htmx and person != "anonymous" and address not in SHEETS and b"<nav" in words
                if is_page and SIGN_OUT not in words:
                    wrong.append(f"{says}: no way out")
                if address not in ("healthz", "readyz") and "no-store" not in answer.get("Cache-Control", ""):
                    wrong.append(f"{says}: may be cached")
    return wrong, compared


def asking(get, post, turn):
    """Who gets in is decided by the app: tried whole on SQLite. That it is decided so on PostgreSQL as well
    takes one person for each kind of answer, a different one for each row.
    """
    everybody = ["anonymous", *PEOPLE]
    if connection.vendor == "sqlite":
        return everybody
    turned = everybody[turn % len(everybody) :] + everybody[: turn % len(everybody)]
    answers = {
        (frozenset(_expected(one, get, post)), frozenset(_expected(one, post, get))): one for one in turned
    }
    return list(answers.values())


def seen_of(answer):
    """What somebody out of reach can learn from an answer."""
    return answer.status_code, words_of(answer), dict(answer.headers)


_nowhere = {}


def nowhere(ask, address, person, method):
    """The answer about an id that nothing has. It holds nothing of the database, so it is asked for once."""
    at = (address, person, method)
    if at not in _nowhere:
        _nowhere[at] = seen_of(ask(person, method, address_of(address, uuid.uuid4())))
        assert _nowhere[at][0] == 404
    return _nowhere[at]


def _clinic_of(clinic, person):
    return str(
        (clinic.lakeside if person.startswith("outside") or person == "outsider" else clinic.riverside).pk
    )


def _expected(person, cell, other):
    if cell == "anybody":
        return {IN}
    if cell == "nowhere":
        return {NOTHING_HERE}
    if person == "anonymous":
        # Whether the method or the missing sign-in is told first says nothing about a patient.
        return {SIGNED_OUT, NOT_OFFERED} if cell == "not-offered" else {SIGNED_OUT}
    if cell == "not-offered":
        return (
            {NOT_OFFERED} if other == "anybody" or person in allowed(other) else {NOT_OFFERED, NOTHING_HERE}
        )
    return {IN} if person in allowed(cell) else {NOTHING_HERE}


# A method is refused before any row is read, so once is enough.
@pytest.mark.sqlite
@pytest.mark.parametrize("address", OF_ADDRESS)
def test_no_address_takes_any_other_method(address, clinic, things, ask):
    wrong = []
    # In turn, so that every address meets each method, and every person, at a third of the requests.
    methods = cycle(("PUT", "DELETE", "PATCH"))
    for _, of, get, post in OF_ADDRESS[address]:
        path = address_of(address, things.id(address, of))
        for person, method in zip(["anonymous", *PEOPLE], methods, strict=False):
            gets_in = any(cell == "anybody" or person in allowed(cell) for cell in (get, post))
            answer = ask(person, method, path)
            got = outcome(answer, address)
            expected = {NOT_OFFERED} if gets_in else {NOT_OFFERED, NOTHING_HERE, SIGNED_OUT}
            if got not in expected or answer.recorded:
                wrong.append(f"{of} {person} {method}: {got}")
    assert not wrong, "\n".join(wrong)


def test_somebody_whose_role_ended_reaches_nothing(clinic, things, client):
    client.force_login(clinic.tess)
    path = reverse("note", args=[things.notes["stroke"].pk])
    assert client.get(path).status_code == 200
    clinic.tess.memberships.update(is_active=False)
    assert client.get(path).status_code == 404
    assert client.post(path, {"revision": "1"}).status_code == 404
    assert b"Abernathy" not in client.get(reverse("today")).content


def test_somebody_who_may_not_sign_in_any_more_is_signed_out_at_the_next_request(clinic, things, client):
    client.force_login(clinic.tess)
    type(clinic.tess).objects.filter(pk=clinic.tess.pk).update(is_active=False)
    answer = client.get(reverse("note", args=[things.notes["stroke"].pk]))
    assert outcome(answer, "note") == SIGNED_OUT


# --- Ids in the body never beat the address -----------------------------------------------------------------

UNKNOWN_CHOICE = "Select a valid choice"


def visit_form(clinic, **values):
    return {"served_on": "2026-11-20", "clinician": str(clinic.tess.pk), "place": "11", **values}


@pytest.mark.parametrize("field", ["clinician", "assistant", "student", "coverage"])
def test_a_visit_cannot_be_booked_with_somebody_or_something_of_another_clinic(field, clinic, things, client):
    client.force_login(clinic.tess)
    foreign = (
        Coverage.objects.get(patient=things.patients["foreign"]).pk if field == "coverage" else clinic.una.pk
    )
    before = Visit.objects.count()
    path = reverse("visit-add", args=[things.patients["stroke"].pk])
    answer = client.post(path, visit_form(clinic, **{field: str(foreign)}))
    assert UNKNOWN_CHOICE in answer.content.decode()
    assert answer.context["form"].errors.keys() == {field}
    assert Visit.objects.count() == before


def test_a_visit_cannot_be_paid_by_the_coverage_of_another_patient(clinic, things, client):
    client.force_login(clinic.tess)
    other = Coverage.objects.get(patient=things.patients["parkinson"]).pk
    before = Visit.objects.count()
    path = reverse("visit-add", args=[things.patients["stroke"].pk])
    answer = client.post(path, visit_form(clinic, coverage=str(other)))
    assert answer.context["form"].errors.keys() == {"coverage"}
    assert Visit.objects.count() == before


def test_a_coverage_cannot_name_a_payer_of_another_clinic(clinic, things, client):
    client.force_login(clinic.tess)
    payer = Payer.objects.filter(clinic=clinic.lakeside).first().pk
    before = Coverage.objects.count()
    path = reverse("coverage-add", args=[things.patients["stroke"].pk])
    answer = client.post(
        path, {"payer": str(payer), "member_number": "A1", "starts_on": "2020-01-01", "rank": "2"}
    )
    assert answer.context["form"].errors.keys() == {"payer"}
    assert Coverage.objects.count() == before


def test_another_patients_id_in_the_body_does_not_change_that_patient(clinic, things, client):
    client.force_login(clinic.tess)
    own, other = things.patients["stroke"], things.patients["parkinson"]
    foreign = things.patients["foreign"]
    for victim in (other, foreign):
        ids = dict.fromkeys(("id", "pk", "patient", "patient_id", "clinic", "clinic_id"), str(victim.pk))
        answer = client.post(
            reverse("patient-edit", args=[own.pk]),
            {
                "family_name": "Canary",
                "given_name": own.given_name,
                "born_on": "1950-01-01",
                "sex": "F",
                "mrn": own.mrn,
                **ids,
            },
        )
        assert answer.status_code == 302
        victim.refresh_from_db()
        assert victim.family_name != "Canary"
    own.refresh_from_db()
    assert own.family_name == "Canary"
    assert own.clinic_id == clinic.riverside.pk


@pytest.mark.parametrize("whose", ["parkinson", "foreign"])
def test_a_block_cannot_work_on_another_patients_goal(whose, clinic, things, client):
    client.force_login(clinic.tess)
    note = things.notes["stroke"]
    block = note.blocks.get()
    goal = Goal.objects.filter(plan__patient=things.patients[whose]).first()
    answer = client.post(
        reverse("note", args=[note.pk]),
        {"revision": note.revision, "blocks": str(block.pk), f"blocks.{block.pk}.goal": str(goal.pk)},
    )
    assert answer.status_code == 422
    assert UNKNOWN_CHOICE in answer.content.decode()
    assert goal.words not in answer.content.decode()
    stored = Block.objects.get(pk=block.pk)
    assert stored.goal_id == block.goal_id


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize("whose", ["learning", "foreign"])
def test_another_notes_block_cannot_be_written_through_ones_own(whose, htmx, clinic, things, client):
    client.force_login(clinic.tess)
    note, theirs = things.notes["stroke"], things.notes[whose].blocks.first()
    kept = Block.objects.filter(pk=theirs.pk).values().get()
    answer = client.post(
        reverse("note", args=[note.pk]),
        {
            "revision": note.revision,
            "subjective": "Canary",
            "blocks": str(theirs.pk),
            f"blocks.{theirs.pk}.code": "97110",
            f"blocks.{theirs.pk}.description": "Canary",
        },
        headers={"HX-Request": "true"} if htmx else {},
    )
    assert answer.status_code == 422
    assert "belongs to another note" in answer.content.decode()
    assert Block.objects.filter(pk=theirs.pk).values().get() == kept
    note.refresh_from_db()
    assert note.subjective != "Canary", "Nothing of a refused save is kept."


def test_nobody_works_in_a_clinic_they_do_not_belong_to(clinic, client):
    client.force_login(clinic.tess)
    assert client.post(reverse("choose-clinic"), {"clinic": str(clinic.lakeside.pk)}).status_code == 404
    assert "Lakeside" not in client.get(reverse("today")).content.decode()


def test_an_administrator_cannot_give_somebody_a_role_in_another_clinic(clinic, client, told_just_now):
    client.force_login(clinic.alex)
    told_just_now()
    client.post(
        reverse("person-add"),
        {
            "name": "New Person",
            "email": "new@riverside.example",
            "role": "therapist",
            "clinic": str(clinic.lakeside.pk),
        },
    )
    person = type(clinic.tess).objects.get(email="new@riverside.example")
    assert list(person.memberships.values_list("clinic", flat=True)) == [clinic.riverside.pk]
