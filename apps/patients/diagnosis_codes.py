"""Finding a billable ICD-10-CM code: by the code itself or by its words.

The table is filled by `manage.py load_diagnosis_codes` from data/icd10cm-*.tsv.gz.
"""

from __future__ import annotations

import re

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from .models import DiagnosisCode

START_OF_CODE = re.compile(r"(?=.*[0-9])[A-Z][0-9A-Z]{1,2}(\.?[0-9A-Z]{0,4})", re.ASCII)
MOST_WORDS = 8


def dotted(code: str) -> str:
    """The code as it is printed: upper case, with the dot after the third character."""
    plain = code.strip().upper().replace(".", "")
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def get(code: str) -> DiagnosisCode | None:
    if not START_OF_CODE.fullmatch(code.strip().upper()):
        return None
    return DiagnosisCode.objects.filter(code=dotted(code)).first()


def release() -> str:
    """The release that is loaded, such as 2026-04, or "" when the table is empty."""
    return DiagnosisCode.objects.values_list("release", flat=True).first() or ""


def why_unknown(code: str) -> str:
    """What to say to somebody who gave `code`, which `get` does not know."""
    if not release():
        return "The table of diagnosis codes is empty. Ask whoever keeps this server to load it."
    if START_OF_CODE.fullmatch(code.strip().upper()):
        if DiagnosisCode.objects.filter(code__startswith=dotted(code)).exists():
            return "This code is a heading, which cannot be billed. Choose one of the longer codes below it."
        return f"This code is not in the ICD-10-CM release of {release()}. Search for it by its words."
    return "Choose a diagnosis from the list."


def search(words: str, limit: int = 20) -> list[DiagnosisCode]:
    """The codes that start with `words`, or whose description has them all; whole words come first."""
    words = words.strip()[:200].replace("\x00", "")
    if START_OF_CODE.fullmatch(words.upper()):
        return list(DiagnosisCode.objects.filter(code__startswith=dotted(words)).order_by("code")[:limit])
    tokens = list(dict.fromkeys(re.findall(r"\w+", words.casefold())))[:MOST_WORDS]
    if not tokens or max(len(token) for token in tokens) < 2:
        return []
    found: QuerySet[DiagnosisCode] = DiagnosisCode.objects.all()
    for token in tokens:
        found = found.filter(words__icontains=token)
    return list(
        found.annotate(how=nearness(tokens), size=Length("words")).order_by("how", "size", "code")[:limit]
    )


def nearness(tokens: list[str]) -> Case:
    """0 when every token starts a word and is a whole word, 1 when it starts one, 2 when it is inside one.

    Told with LIKE alone, since the two databases have no word search in common.
    """

    def everywhere(*shapes: str) -> Q:
        condition = Q()
        for token in tokens:
            one = Q()
            for shape in shapes:
                before, after = shape.split("*")
                one |= Q(words__icontains=f"{before}{token}{after}")
            condition &= one | starts(token, shapes)
        return condition

    def starts(token: str, shapes: tuple[str, ...]) -> Q:
        ends = {shape.split("*")[1] for shape in shapes}
        at_start = Q()
        for end in ends:
            at_start |= Q(words__istartswith=f"{token}{end}")
        return at_start | (Q(words__iendswith=f" {token}") if ends != {""} else Q(words__iexact=token))

    return Case(
        When(everywhere(" * ", " *,", " *-", " *)", " *'", "(* ", "-* "), then=Value(0)),
        When(everywhere(" *", "(*", "-*", "/*"), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
