"""Text into plans of care, goals, papers and authorizations."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError

from apps.accounts.fields import ActionForm, Day, Words, no_broken_characters
from apps.accounts.models import NPI, Discipline
from apps.compliance import codes as known_codes
from apps.compliance import measures
from apps.patients.models import Coverage, Diagnosis, Document

from .models import WORDS, Authorization, Goal, Paper, PlanVersion, Potential, Program, Side

WHOLE = re.compile(r"[0-9]{1,4}")
CODE = re.compile(r"[0-9A-Z]{5}")


class Whole(forms.IntegerField):
    """A small whole number, in plain digits: int() would also take 1_5 and the digits of other scripts."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "short"})

    def to_python(self, value):
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if not WHOLE.fullmatch(text):
            raise ValidationError("Write a whole number, such as 12.")
        return int(text)


class Paragraphs(forms.CharField):
    """Several lines of text. Line ends become LF; what cannot be stored is refused."""

    def __init__(self, *, rows=3, **options):
        options.setdefault("max_length", WORDS)
        options.setdefault("required", False)
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)

    def to_python(self, value):
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n").strip()

    def run_validators(self, value):
        super().run_validators(value)
        no_broken_characters(value.replace("\n", "").replace("\t", ""))


class DiagnosisChoice(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, row):
        return f"{row.code} {row.words}, {row.get_type_display().lower()}"


class VersionForm(ActionForm):
    """What a plan says. Accepts anything that can be stored; what is missing is told when it is signed."""

    rows = (
        "discipline",
        "program",
        "diagnoses",
        ("established_on", "onset_on"),
        "prior_level",
        "precautions",
        ("potential", "potential_because"),
        "treatment",
        ("times_a_day", "weeks"),
        ("times_a_week", "times_a_week_most"),
        "skill",
        "reason",
    )

    discipline = forms.ChoiceField(choices=[("", "Choose …"), *Discipline.choices])
    program = forms.ChoiceField(
        label="The plan is", choices=Program.choices, widget=forms.RadioSelect, initial=Program.REHABILITATIVE
    )
    diagnoses = DiagnosisChoice(queryset=Diagnosis.objects.none(), required=False)
    established_on = Day(label="Established on")
    onset_on = Day(label="Onset", required=False)
    prior_level = Paragraphs(label="Prior level of function")
    precautions = Paragraphs(rows=2)
    potential = forms.ChoiceField(
        label="Rehabilitation potential", required=False, choices=[("", "Not said"), *Potential.choices]
    )
    potential_because = Paragraphs(label="What the potential rests on", rows=2)
    treatment = Paragraphs(label="Type of treatment")
    times_a_day = Whole(label="Amount: times a day", min_value=1, max_value=6, initial=1)
    times_a_week = Whole(label="Frequency: times a week", min_value=1, max_value=14)
    times_a_week_most = Whole(
        label="Frequency: or up to",
        required=False,
        min_value=1,
        max_value=14,
        help_text="Times a week, only where it varies.",
    )
    weeks = Whole(label="Duration: weeks", min_value=1, max_value=52)
    skill = Paragraphs(
        label="Why a therapist's skill is needed", help_text="Needed when the plan is declared maintenance."
    )
    reason = Paragraphs(label="Why the plan is revised", rows=2)

    def __init__(self, *args, patient, version: PlanVersion | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = version.diagnoses.values("pk") if version else []
        rows = patient.diagnoses.all()
        self.fields["diagnoses"].queryset = rows.filter(ended_on=None) | rows.filter(pk__in=chosen)
        if version:
            del self.fields["discipline"]
            self.fields["revision"] = Whole(widget=forms.HiddenInput)
        if version is None or version.number == 1:
            del self.fields["reason"]
        self.helper.layout.fields = [
            row for row in self.helper.layout.fields if not isinstance(row, str) or row in self.fields
        ]
        if version:
            # Hidden, and on the page only if the layout names it: without it no draft could be saved.
            self.helper.layout.fields.append("revision")


class GoalForm(ActionForm):
    """The parts of a goal. The sentence that they make stands beside the form."""

    rows = ("term", "who", "task", "measure", ("scale", "side"), ("baseline", "target"), "target_on", "why")

    term = forms.ChoiceField(
        label="Term", choices=Goal.Term.choices, widget=forms.RadioSelect, initial=Goal.Term.LONG
    )
    who = Words(label="Who", max_length=120, required=False)
    task = Words(
        label="Functional task",
        max_length=300,
        required=False,
        help_text="What the person will do, in daily life.",
    )
    measure = Words(
        label="Measure", max_length=200, required=False, help_text="By what anybody can tell that it is met."
    )
    scale = forms.ChoiceField(
        label="Standard measure, if it is one",
        required=False,
        choices=[
            ("", "None of these"),
            *((one.key, one.label) for one in measures.all() if not one.free),
        ],
        help_text="The values charted in the notes then stand beside this goal.",
    )
    side = forms.ChoiceField(
        label="Side", required=False, choices=[("", "No side"), *Side.choices], help_text="Where it has one."
    )
    baseline = Words(max_length=100, required=False, help_text="The measure today.")
    target = Words(max_length=100, required=False, help_text="The measure when the goal is met.")
    target_on = Day(label="By when", required=False)
    why = Words(
        label="Why the goal is modified",
        max_length=500,
        required=False,
        help_text="It stands in a signed plan, so the earlier words stay in its history.",
    )

    def __init__(self, *args, is_signed=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_signed:
            del self.fields["why"]
            self.helper.layout.pop()


class GoalStatusForm(ActionForm):
    rows = ("status", "on", "words")

    status = forms.ChoiceField(
        label="What became of it",
        choices=[
            (status.value, status.label)
            for status in (Goal.Status.PROGRESSING, Goal.Status.MET, Goal.Status.DISCONTINUED)
        ],
        widget=forms.RadioSelect,
    )
    on = Day(label="On")
    words = Words(
        label="In your words", max_length=500, required=False, help_text="Needed when it is discontinued."
    )


class EndForm(ActionForm):
    rows = ("ended_on", "reason")

    ended_on = Day(label="Last day")
    reason = Words(label="Why it ends", max_length=500)


class DocumentChoice(forms.ModelChoiceField):
    def label_from_instance(self, document):
        words = f", {document.words}" if document.words else ""
        return f"{document.get_type_display()} of {document.dated_on:%m/%d/%Y}{words}"


class VersionChoice(forms.ModelChoiceField):
    def label_from_instance(self, version):
        return f"Version {version.number}, established {version.established_on:%m/%d/%Y}"


PAPER_ROWS = {
    Paper.Kind.ORDER: (("dated_on", "signed_on"), ("signer_name", "signer_npi"), "document", "mistake"),
    Paper.Kind.SENT: (("dated_on", "method"), ("signer_name", "version"), "document", "mistake"),
    Paper.Kind.CERTIFICATION: (
        ("signed_on", "verbal_on"),
        ("signer_name", "signer_npi"),
        ("starts_on", "through_on"),
        "version",
        "reason",
        "document",
        "mistake",
    ),
}
PAPER_ROWS[Paper.Kind.RECERTIFICATION] = PAPER_ROWS[Paper.Kind.CERTIFICATION]

PAPER_LABELS = {
    Paper.Kind.ORDER: {
        "dated_on": ("Date of the order", ""),
        "signed_on": ("Signed on", "Empty while it was only given by telephone."),
        "signer_name": ("Ordered by", ""),
    },
    Paper.Kind.SENT: {"dated_on": ("Sent on", ""), "signer_name": ("Sent to", "")},
    Paper.Kind.CERTIFICATION: {
        "signed_on": ("Signed on", "The date that the physician or NPP wrote."),
        "verbal_on": ("Given by telephone on", "The signature is to follow."),
        "signer_name": ("Signed by", ""),
        "starts_on": ("Certified from", ""),
        "through_on": (
            "Certified through",
            "Empty: as long as the plan, and no longer than the rules allow.",
        ),
    },
}
PAPER_LABELS[Paper.Kind.RECERTIFICATION] = PAPER_LABELS[Paper.Kind.CERTIFICATION]


class PaperForm(ActionForm):
    """What a paper says. Which fields there are depends on its kind."""

    dated_on = Day(required=False)
    signed_on = Day(required=False)
    verbal_on = Day(required=False)
    signer_name = Words(max_length=200)
    signer_npi = forms.CharField(label="NPI", max_length=10, required=False, validators=[NPI])
    method = forms.ChoiceField(label="How", required=False, choices=[("", "Choose …"), *Paper.Method.choices])
    starts_on = Day(required=False)
    through_on = Day(required=False)
    version = VersionChoice(label="Which version", queryset=PlanVersion.objects.none(), required=False)
    reason = Words(
        label="Reason for the delay", max_length=1000, required=False, help_text="When it is late."
    )
    document = DocumentChoice(
        label="The paper itself",
        queryset=Document.objects.none(),
        required=False,
        empty_label="On paper in the clinic, not uploaded",
    )
    mistake = Words(
        label="Entered by mistake, because",
        max_length=500,
        required=False,
        help_text="With words here it stays in the list and no longer counts.",
    )

    def __init__(self, *args, plan, kind, paper=None, **kwargs):
        self.rows = PAPER_ROWS[kind]
        super().__init__(*args, **kwargs)
        wanted = {name for row in self.rows for name in ((row,) if isinstance(row, str) else row)}
        for name in set(self.fields) - wanted:
            del self.fields[name]
        for name, (label, help_text) in PAPER_LABELS[kind].items():
            self.fields[name].label = label
            self.fields[name].help_text = help_text
        self.fields["document"].queryset = plan.patient.documents.filter(set_aside_at=None)
        if "version" in self.fields:
            self.fields["version"].queryset = plan.versions.filter(status=PlanVersion.Status.SIGNED)
            self.fields["version"].empty_label = "The version in force"
        if paper is None:
            del self.fields["mistake"]
            self.helper.layout.pop()


class Codes(forms.CharField):
    """Billing codes, however they are separated."""

    def to_python(self, value):
        found = re.split(r"[\s,;]+", (super().to_python(value) or "").upper())
        return list(dict.fromkeys(code for code in found if code))

    def validate(self, value):
        wrong = [code for code in value if not CODE.fullmatch(code) or known_codes.get(code) is None]
        if wrong:
            raise ValidationError(
                f"Not a code that is known here: {', '.join(code[:10] for code in wrong[:3])}."
            )

    def run_validators(self, value):
        """What the text was checked for, the list no longer needs."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value


class CoverageChoice(forms.ModelChoiceField):
    def label_from_instance(self, coverage):
        return f"{coverage.payer.name}, billed {coverage.get_rank_display()}"


class AuthorizationForm(ActionForm):
    rows = (
        ("coverage", "number"),
        ("discipline", "codes"),
        ("allowed", "counts"),
        ("starts_on", "through_on"),
        "warn_left",
    )

    coverage = CoverageChoice(label="Payer", queryset=Coverage.objects.none(), empty_label="Choose …")
    number = Words(label="Number", max_length=60)
    discipline = forms.ChoiceField(required=False, choices=[("", "Either"), *Discipline.choices])
    codes = Codes(
        required=False, max_length=300, help_text="Empty: every code. Otherwise such as 97112, 97110."
    )
    allowed = Whole(label="Allowed", min_value=1, max_value=999)
    counts = forms.ChoiceField(
        label="Counted in", choices=Authorization.Counts.choices, initial=Authorization.Counts.VISITS
    )
    starts_on = Day(label="From")
    through_on = Day(label="Through")
    warn_left = Whole(label="Warn when this many are left", min_value=0, max_value=99, initial=3)

    def __init__(self, *args, patient, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coverage"].queryset = patient.coverages.select_related("payer")
