"""What somebody chooses about an import: the file, and which column is what."""

from __future__ import annotations

from django import forms

from apps.accounts.fields import ActionForm
from apps.patients import uploads

from . import columns, files


class FileForm(ActionForm):
    rows = ("file",)

    file = forms.FileField(
        label="The file",
        help_text=(
            f"CSV with a heading, or a FHIR R4 bundle as JSON; at most {files.MOST_ROWS:,} patients "
            f"and {uploads.MOST_WORDS}."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.json"}),
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )

    def __init__(self, *args, was_too_large=False, **kwargs):
        super().__init__(*args, **kwargs)
        if was_too_large:
            self.fields["file"].error_messages["required"] = f"This file is larger than {uploads.MOST_WORDS}."


class ColumnsForm(forms.Form):
    """A list of the file's columns for each of our fields."""

    def __init__(self, *args, heading: list[str], chosen: dict[str, int], **kwargs):
        super().__init__(*args, **kwargs)
        places = [(str(at), name or f"Column {at + 1}") for at, name in enumerate(heading)]
        for field in columns.FIELDS:
            self.fields[field.name] = forms.ChoiceField(
                label=field.label,
                choices=[("", "Not in this file"), *places],
                required=False,
                initial=str(chosen.get(field.name, "")),
                help_text=field.hint,
                widget=forms.Select(attrs={"class": "form-select"}),
                error_messages={"invalid_choice": "Choose one of the columns."},
            )

    def columns(self) -> dict[str, int]:
        return {name: int(at) for name, at in self.cleaned_data.items() if at}
