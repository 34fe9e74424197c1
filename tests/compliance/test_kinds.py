"""What a progress report or a discharge note is not asked for."""

import pytest

from apps.compliance import samples
from apps.compliance.review import review

OF_TREATMENT = {"NOT501", "NOT505", "NOT506", "NOT507", "TIM202", "TIM203", "UNT302", "UNT303"}


def empty(kind):
    return samples.note(
        kind=kind, blocks=(), measures=(), subjective="", assessment="", plan="", total_minutes=None
    )


@pytest.mark.parametrize("kind", ["progress", "discharge"])
def test_a_report_is_not_asked_for_interventions_or_minutes(kind):
    assert not OF_TREATMENT & {finding.code for finding in review(empty(kind)).findings}


@pytest.mark.parametrize("kind", ["treatment", "evaluation", "re-evaluation"])
def test_a_note_of_treatment_is_asked_for_them(kind):
    assert {finding.code for finding in review(empty(kind)).findings} >= {"NOT501", "TIM202", "NOT505"}
