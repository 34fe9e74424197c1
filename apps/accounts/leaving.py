"""What somebody leaves behind in a clinic, told to the administrator before and after their role ends.

People do not know notes (imports run one way): an app that knows what can be left says so in its AppConfig.
"""

from __future__ import annotations

from collections.abc import Callable

from .models import Clinic, User

Sentence = Callable[[User, Clinic], str]
SENTENCES: list[Sentence] = []


def tell(sentence: Sentence) -> None:
    """Ask `sentence` too; "" where there is nothing."""
    if sentence not in SENTENCES:
        SENTENCES.append(sentence)


def left_by(person: User, clinic: Clinic) -> list[str]:
    """In sentences, without naming a patient: an administrator sees no charts."""
    return [said for sentence in SENTENCES if (said := sentence(person, clinic))]
