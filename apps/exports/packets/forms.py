"""Forms of packets. What makes a good packet is contents.py's business; these only read what was typed."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError

from apps.accounts.fields import ActionForm, Capitals, Day, Words
from apps.accounts.password import PasswordAgain
from apps.patients.models import Document

from . import billed, samples, sheets, slots

WHOLE = re.compile(r"[0-9]{1,4}")


class Whole(forms.Field):
    """A whole number in the digits that we write, or nothing."""

    def __init__(self, *, least=0, most=9999, **options):
        self.least, self.most = least, most
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}), **options)

    def to_python(self, value) -> int | None:
        text = (value or "").strip()
        if not text:
            return None
        if not WHOLE.fullmatch(text) or not self.least <= int(text) <= self.most:
            raise ValidationError(f"Write a whole number between {self.least} and {self.most}.")
        return int(text)


class LetterForm(ActionForm):
    """What the letter says, and who answers."""

    reviewer = Words(label="Who asks", max_length=200, help_text="The name on the letter.")
    kind = forms.ChoiceField(label="Kind of letter")
    letter_on = Day(label="Date of the letter")
    due_on = Day(
        label="Due on, if the letter says it",
        required=False,
        help_text="Otherwise it is counted from the letter’s date by its kind.",
    )
    case_number = Words(label="Case or control number", max_length=80, required=False)
    purpose = Words(
        label="What for", max_length=200, help_text="For the disclosure log, such as: review before payment."
    )
    contact_name = Words(label="Our contact", max_length=200)
    contact_phone = Words(label="Telephone", max_length=40)

    LETTER_ROWS = (
        ("reviewer", "kind"),
        ("letter_on", "due_on"),
        ("case_number", "purpose"),
        ("contact_name", "contact_phone"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            ("", "Choose …"),
            *((kind.key, kind.label) for kind in slots.letter_kinds()),
        ]


class PacketForm(LetterForm):
    """A letter about one patient, and what of the chart it asks for."""

    rows = (*LetterForm.LETTER_ROWS, ("starts_on", "through_on"), ("payer", "plan"), "letter", "others")

    starts_on = Day(label="Dates of service from")
    through_on = Day(label="Through")
    payer = forms.ModelChoiceField(
        queryset=None,
        required=False,
        empty_label="All payers",
        help_text="Only visits that this payer covers.",
    )
    plan = forms.ModelChoiceField(queryset=None, required=False, empty_label="All plans of these dates")
    letter = forms.ModelChoiceField(
        label="The letter",
        queryset=None,
        required=False,
        empty_label="Not uploaded yet",
        help_text="From the patient’s documents.",
    )
    others = forms.ModelMultipleChoiceField(
        label="Other papers to send",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Orders, signed plans, evaluations, fax confirmations and ABNs go in by themselves.",
    )

    def __init__(self, *args, patient, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["payer"].queryset = (
            patient.clinic.payers.filter(coverages__patient=patient).distinct().order_by("name")
        )
        self.fields["plan"].queryset = patient.plans.order_by("-starts_on")
        self.fields["plan"].label_from_instance = lambda plan: (
            f"{plan.get_discipline_display()}, {plan.starts_on:%m/%d/%Y} through {plan.through_on:%m/%d/%Y}"
        )
        kept = patient.documents.filter(set_aside_at=None)
        self.fields["letter"].queryset = kept.filter(type=Document.Type.OTHER)
        self.fields["others"].queryset = kept.filter(type=Document.Type.OTHER)
        for name in ("letter", "others"):
            self.fields[name].label_from_instance = lambda one: (
                f"{one.words or one.get_type_display()}, {one.dated_on:%m/%d/%Y}"
            )
        if not self.fields["others"].queryset.exists():
            del self.fields["others"]
            self.helper.layout.pop()

    def clean(self):
        cleaned = super().clean() or {}
        # The letter stands in its own place already.
        if cleaned.get("letter") and cleaned.get("others"):
            cleaned["others"] = cleaned["others"].exclude(pk=cleaned["letter"].pk)
        return cleaned


class ExplainForm(ActionForm):
    words = Words(
        label="To the reviewer",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Printed beside this gap, with today’s date and your name.",
    )
    gap = forms.CharField(max_length=120, widget=forms.HiddenInput)


class SentForm(ActionForm):
    rows = (("sent_on", "sent_how"),)

    sent_on = Day(label="Sent on")
    sent_how = Words(label="How", max_length=200, help_text="Such as: portal, with its confirmation number.")


class MakeForm(ActionForm):
    """How the files are to be: nothing chosen means one reading copy."""

    rows = (("most_megabytes", "most_pages"), "is_black_and_white")

    most_megabytes = Whole(
        label="Largest file, in MB", required=False, least=1, most=2000, help_text="As the portal allows."
    )
    most_pages = Whole(
        label="Most pages in a file", required=False, least=10, most=9999, help_text="For a fax."
    )
    is_black_and_white = forms.BooleanField(label="Black and white, for a fax", required=False)


class LineForm(ActionForm):
    """One billed line. `lines()` gives it as the import gives many."""

    rows = (("served_on", "code"), ("units", "modifiers"), "claim")

    served_on = Day(label="Date of service")
    code = Capitals(label="Code", max_length=5)
    units = Whole(label="Units billed", most=999)
    modifiers = Capitals(label="Modifiers", required=False, max_length=20)
    claim = Words(label="Claim number", required=False, max_length=60)

    def clean_code(self):
        if not billed.CODE.fullmatch(self.cleaned_data["code"]):
            raise ValidationError("A code has five letters or digits.")
        return self.cleaned_data["code"]

    def clean_modifiers(self):
        given = self.cleaned_data["modifiers"].replace(",", " ").split()
        if len(given) > 4 or not all(billed.MODIFIER.fullmatch(one) for one in given):
            raise ValidationError("A modifier has two letters or digits, and there are at most four.")
        return " ".join(given)

    def line(self) -> billed.Line:
        return billed.Line(**self.cleaned_data)


class ImportForm(forms.Form):
    """Rows from a spreadsheet: a file or pasted text, and, once they were read, which column is what."""

    file = forms.FileField(
        label="A CSV file",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv"}),
    )
    text = forms.CharField(
        label="Or the rows, pasted with their heading",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        strip=False,
    )
    replace = forms.BooleanField(label="Replace the lines that are there", required=False)

    MOST_BYTES = 1024 * 1024
    columns: sheets.Columns = billed.COLUMNS
    needed: tuple[str, ...] = billed.NEEDED

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sheet: sheets.Sheet | None = None
        self.fields["file"].widget.attrs["class"] = "form-control"
        self.fields["text"].widget.attrs["class"] = "form-control mono"

    def clean(self):
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        text = cleaned.get("text", "")
        if file:
            data = file.read(self.MOST_BYTES + 1)
            if len(data) > self.MOST_BYTES:
                raise ValidationError("This file is larger than 1 MB. Split it by claim.")
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = data.decode("cp1252", "replace")
        # Kept on the page, so that choosing the columns does not need the file again.
        text = "".join(sign for sign in text if sign in "\n\r\t" or sign.isprintable())
        text = text.encode("utf-8", "ignore").decode()
        self.text_read = text
        try:
            self.sheet = sheets.read(text)
        except sheets.Unreadable as error:
            raise ValidationError(str(error)) from error
        cleaned["columns"] = self._mapping()
        return cleaned

    def _mapping(self) -> dict[str, int]:
        assert self.sheet is not None  # noqa: S101 - read just above
        chosen = self.sheet.guess(self.columns)
        for field in self.columns:
            said = self.data.get(f"column-{field}")
            if said is None:
                continue
            chosen.pop(field, None)
            if said.isascii() and said.isdigit() and int(said[:4]) < len(self.sheet.heading):
                chosen[field] = int(said[:4])
        return chosen

    @property
    def mapping_rows(self):
        """Each field with its label, what is chosen, and the headings to choose from."""
        if self.sheet is None:
            return []
        chosen = self._mapping()
        return [
            (field, label, field in self.needed, chosen.get(field), list(enumerate(self.sheet.heading)))
            for field, (label, _) in self.columns.items()
        ]

    @property
    def missing_columns(self) -> list[str]:
        chosen = self._mapping() if self.sheet else {}
        return [self.columns[field][0] for field in self.needed if field not in chosen]


class SampleForm(ImportForm, LetterForm):
    """A letter about many patients, and the rows that name them."""

    rows = LetterForm.LETTER_ROWS
    columns = samples.COLUMNS
    needed = samples.NEEDED

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["replace"]


class AttestForm(PasswordAgain):
    preview = forms.CharField(widget=forms.HiddenInput, required=False)


class PolicyForm(ActionForm):
    keep_days = Whole(
        label="Days that a packet’s file is kept",
        least=1,
        most=3650,
        help_text="Then the file goes; the disclosure log stays. The chart is kept as long as the law asks.",
    )


class CopyForm(ActionForm):
    """To whom whole charts go and why: both stand in every chart's accounting of disclosures."""

    rows = ("reviewer", "purpose", "has_drafts")

    reviewer = Words(
        label="To whom", max_length=200, help_text="A person or organization outside the clinic."
    )
    purpose = Words(label="Why", max_length=200, help_text="Such as: the patient’s request, or a transfer.")
    has_drafts = forms.BooleanField(
        label="Unsigned drafts too",
        required=False,
        help_text="As they stand today, each page marked as unsigned. Drafts that were put aside stay out.",
    )
