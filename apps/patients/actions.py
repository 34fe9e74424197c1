"""The only writer of patients, their coverage and their diagnoses, and of the clinic's payers."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower

from apps.accounts.changes import set_fields
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused

from . import diagnosis_codes, merging, search
from .models import Coverage, Diagnosis, Patient, Payer

MRN_TAKEN = "Another patient of this clinic has this MRN. Check the number, or find that patient."
PAYER_TAKEN = "A payer of this name is listed already."

PATIENT_FIELDS = (
    "mrn",
    "family_name",
    "given_name",
    "born_on",
    "sex",
    "phone",
    "precautions",
    "is_restricted",
)
COVERAGE_FIELDS = ("payer", "member_number", "starts_on", "ends_on", "rank")


@transaction.atomic
def add_payer(*, clinic, name, policy, by) -> Payer:
    name = name.strip()
    if Payer.objects.filter(clinic=clinic, name__iexact=name).exists():
        raise Refused(PAYER_TAKEN, field="name")
    payer = Payer.objects.create(clinic=clinic, name=name, policy=policy)
    events.record(verbs.PAYER_ADDED, by=by, clinic=clinic, target=payer, policy=policy)
    return payer


@transaction.atomic
def change_payer(*, payer, by, **fields) -> Payer:
    payer = Payer.objects.select_for_update().get(pk=payer.pk)
    others = Payer.objects.filter(clinic=payer.clinic_id).exclude(pk=payer.pk)
    if "name" in fields and others.filter(name__iexact=fields["name"].strip()).exists():
        raise Refused(PAYER_TAKEN, field="name")
    changed = set_fields(payer, fields, ("name", "policy", "is_active"))
    events.record(verbs.PAYER_CHANGED, by=by, clinic=payer.clinic, target=payer, changed=changed)
    return payer


def check_birth(born_on, time_zone: str) -> None:
    if born_on > clock.today(time_zone):
        raise Refused("The date of birth is in the future.", field="born_on")
    if born_on.year < 1900:
        raise Refused("The date of birth is before 1900.", field="born_on")


def has_mrn(clinic_id, mrn: str) -> QuerySet[Patient]:
    """Who has this MRN, in whatever case. Asked as its unique index has it: no table is read through."""
    of_clinic = Patient.objects.filter(clinic=clinic_id).alias(lower_mrn=Lower("mrn"))
    return of_clinic.filter(lower_mrn=Lower(Value(mrn)))


@transaction.atomic
def add_patient(
    *,
    clinic,
    mrn,
    family_name,
    given_name,
    born_on,
    sex,
    phone="",
    precautions="",
    is_restricted=False,
    is_one_of_many=False,
    by,
) -> Patient:
    """`is_one_of_many`: whoever adds a list says at its end that names changed, and not at each."""
    mrn = mrn.strip()
    check_birth(born_on, clinic.time_zone)
    if has_mrn(clinic.pk, mrn).exists():
        raise Refused(MRN_TAKEN, field="mrn")
    try:
        with transaction.atomic():
            patient = Patient.objects.create(
                clinic=clinic,
                mrn=mrn,
                family_name=family_name.strip(),
                given_name=given_name.strip(),
                born_on=born_on,
                sex=sex,
                phone=phone.strip(),
                precautions=precautions.strip(),
                is_restricted=is_restricted,
            )
    except IntegrityError as error:  # somebody else was quicker
        raise Refused(MRN_TAKEN, field="mrn") from error
    if not is_one_of_many:
        search.names_changed(clinic.pk, [patient])
    events.record(verbs.PATIENT_ADDED, by=by, clinic=clinic, patient=patient, target=patient)
    return patient


@transaction.atomic
def change_patient(*, patient, by, **fields) -> Patient:
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    merging.check_goes_on_here(patient)
    if "born_on" in fields:
        check_birth(fields["born_on"], patient.clinic.time_zone)
    if "mrn" in fields and has_mrn(patient.clinic_id, fields["mrn"].strip()).exclude(pk=patient.pk).exists():
        raise Refused(MRN_TAKEN, field="mrn")
    try:
        with transaction.atomic():
            changed = set_fields(patient, fields, PATIENT_FIELDS)
    except IntegrityError as error:
        raise Refused(MRN_TAKEN, field="mrn") from error
    if set(changed) & set(search.FIELDS):
        search.names_changed(patient.clinic_id, [patient])
    events.record(
        verbs.PATIENT_CHANGED, by=by, clinic=patient.clinic, patient=patient, target=patient, changed=changed
    )
    return patient


def check_coverage(patient, *, payer, starts_on, ends_on, rank, itself=None) -> None:
    if payer.clinic_id != patient.clinic_id:
        raise Refused("Choose a payer of this clinic.", field="payer")
    if ends_on and ends_on < starts_on:
        raise Refused("The coverage ends before it starts.", field="ends_on")
    overlapping = patient.coverages.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on), rank=rank)
    if ends_on:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    if itself:
        overlapping = overlapping.exclude(pk=itself.pk)
    if overlapping.exists():
        # Two payers billed first on the same day would leave the visit's payer to chance.
        raise Refused(
            "Another coverage has this place in the order of billing on some of these days. "
            "End that one first, or choose another place.",
            field="rank",
        )


@transaction.atomic
def add_coverage(*, patient, payer, member_number, starts_on, ends_on=None, rank=1, by) -> Coverage:
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    merging.check_goes_on_here(patient)
    check_coverage(patient, payer=payer, starts_on=starts_on, ends_on=ends_on, rank=rank)
    coverage = Coverage.objects.create(
        patient=patient,
        payer=payer,
        member_number=member_number.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        rank=rank,
    )
    events.record(verbs.COVERAGE_ADDED, by=by, clinic=patient.clinic, patient=patient, target=coverage)
    return coverage


@transaction.atomic
def change_coverage(*, coverage, by, **fields) -> Coverage:
    patient = Patient.objects.select_for_update().get(pk=coverage.patient_id)
    coverage = Coverage.objects.select_related("payer").get(pk=coverage.pk)
    after = {name: fields.get(name, getattr(coverage, name)) for name in COVERAGE_FIELDS}
    after.pop("member_number")
    check_coverage(patient, **after, itself=coverage)
    changed = set_fields(coverage, fields, COVERAGE_FIELDS)
    events.record(
        verbs.COVERAGE_CHANGED,
        by=by,
        clinic=patient.clinic,
        patient=patient,
        target=coverage,
        changed=changed,
    )
    return coverage


@transaction.atomic
def add_diagnosis(*, patient, code, type, onset_on=None, by) -> Diagnosis:
    """Record a diagnosis in the words of the code table, which are kept as they are today."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    merging.check_goes_on_here(patient)
    known = diagnosis_codes.get(code)
    if known is None:
        raise Refused(diagnosis_codes.why_unknown(code), field="code")
    today = clock.today(patient.clinic.time_zone)
    if onset_on and onset_on > today:
        raise Refused("The onset is in the future.", field="onset_on")
    if onset_on and onset_on < patient.born_on:
        raise Refused("The onset is before the date of birth.", field="onset_on")
    if patient.diagnoses.filter(code=known.code, type=type, ended_on=None).exists():
        raise Refused(f"{known.code} is on the patient's list already.", field="code")
    diagnosis = Diagnosis.objects.create(
        patient=patient,
        type=type,
        code=known.code,
        words=known.words,
        release=known.release,
        onset_on=onset_on,
        added_on=today,
    )
    events.record(verbs.DIAGNOSIS_ADDED, by=by, clinic=patient.clinic, patient=patient, target=diagnosis)
    return diagnosis


@transaction.atomic
def end_diagnosis(*, diagnosis, by) -> Diagnosis:
    diagnosis = Diagnosis.objects.select_for_update().get(pk=diagnosis.pk)
    if diagnosis.ended_on:
        raise Refused("This diagnosis was ended already.")
    patient = diagnosis.patient
    diagnosis.ended_on = clock.today(patient.clinic.time_zone)
    diagnosis.save(update_fields=["ended_on"])
    events.record(verbs.DIAGNOSIS_ENDED, by=by, clinic=patient.clinic, patient=patient, target=diagnosis)
    return diagnosis
