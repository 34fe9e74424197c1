"""A patient's words typed into every field of every form are in no log, address, header or event."""

import json
import logging

import pytest
from django.db import transaction
from test_access import things
from test_fuzz import fuzzer

from apps.audit.models import Event

__all__ = ["fuzzer", "things"]

CANARY = "Zzyzxquill"


@pytest.fixture
def log():
    """Everything that is logged, as the formatter of a clinic writes it."""
    from config.logs import WithoutValues

    lines = []

    class Kept(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Kept(level=logging.DEBUG)
    handler.setFormatter(WithoutValues("{asctime} {levelname} {name} {message}", style="{"))
    names = [None, "django", "django.request", "django.security", "django.server", "midline", "allauth"]
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        # What a clinic leaves out of its log today, it may ask for tomorrow.
        logger.setLevel(logging.INFO)
    yield lines
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_what_is_typed_anywhere_is_told_nowhere_else(fuzzer, log):
    typing = fuzzer(1)
    typing.learn()
    first = Event.objects.order_by("-id").values_list("id", flat=True).first()
    told, shown, events = [], 0, {}
    for address, of, _, post in typing.rows:
        who = next(iter(sorted(typing.allowed(post) & set(typing.people))), "")
        if post in ("not-offered", "nobody") or not who:
            continue
        path = typing.path_of(address, of)
        names = dict(typing.forms.get(path) or dict.fromkeys(typing.names[:40], ""))
        names.pop("next", None)  # an address of ours that nobody types
        # Choices and ids as the page has them, so that words get past the first guard; then all at once.
        for data in ({name: value or CANARY for name, value in names.items()}, dict.fromkeys(names, CANARY)):
            client = typing.client_class(raise_request_exception=False)
            client.cookies[typing.cookie] = typing.session_of(who)
            before = transaction.savepoint()
            answer = client.post(path, data)
            events |= {(address, row["id"]): row for row in Event.objects.filter(id__gt=first).values()}
            transaction.savepoint_rollback(before)
            assert answer.status_code < 500, address
            shown += CANARY.encode() in (b"" if answer.streaming else answer.content)
            told += [address for value in answer.headers.values() if CANARY in value]
    assert shown > 20, "Words that no page shows back were not typed anywhere."
    assert told == [], "In a header, so in an address or a file's name."
    assert events and CANARY not in json.dumps(list(events.values()), default=str)
    assert log and [line for line in log if CANARY in line] == []
