"""Judging signed notes again."""

import datetime as dt
import json
from dataclasses import replace
from io import StringIO
from uuid import UUID, uuid4

import pytest
import rfc8785
from django.core.management import CommandError, call_command

from apps.compliance import samples
from apps.compliance.note_json import dump
from apps.compliance.review import review
from apps.ledger import chain
from apps.notes.management.commands import replay as command
from apps.notes.management.commands.replay import replay

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def payload_of(facts, **changes):
    """What a signed note keeps of its review."""
    found = review(facts)
    return {
        "patient": {"family_name": "Harbor"},
        "visit": {"date_of_service": facts.date_of_service.isoformat()},
        "units": {
            "method": found.units.method,
            "total_units": found.units.allocation.total_units if found.units.allocation else None,
        },
        "review": {
            "findings": [
                {"rule": f.code, "severity": f.severity.value, "kind": f.kind} for f in found.findings
            ]
        },
        "facts": dump(facts),
        **changes,
    }


def rows_of(*payloads):
    return [(uuid4(), rfc8785.dumps(payload).decode()) for payload in payloads]


def of(*payloads, **asked):
    return replay(rows_of(*payloads), **{"first": FIRST, "last": LAST, **asked})


BAD = samples.with_block(response="", dosage="")


def test_a_note_judged_as_it_was_differs_in_nothing():
    found = of(payload_of(samples.note()), payload_of(BAD))
    assert (found.notes, found.differences) == (2, [])


def test_what_is_found_now_and_was_not():
    found = of(payload_of(BAD, review={"findings": []}))
    [one] = found.differences
    assert "NMR110 blocker" in one.appeared
    assert found.appeared["NMR110 blocker"] == 1


def test_what_was_found_and_is_not_now():
    then = {"findings": [{"rule": "OLD101", "severity": "warning", "kind": "fail"}]}
    found = of(payload_of(samples.note(), review=then))
    assert found.differences[0].gone == ["OLD101 warning"]


def test_another_severity_of_the_same_finding():
    payload = payload_of(BAD)
    [stored] = [row for row in payload["review"]["findings"] if row["rule"] == "NMR110"]
    stored["severity"] = "warning"
    found = of(payload)
    assert found.differences[0].changed == ["NMR110 warning to blocker"]
    assert found.differences[0].appeared == found.differences[0].gone == []


def test_other_units():
    found = of(payload_of(samples.note(), units={"method": "ama", "total_units": 4}))
    assert found.differences[0].units == "4 (ama) to 3 (cms)"


def test_as_of_a_day_on_which_another_rule_held():
    facts = samples.with_other_block(minutes_therapist=None, minutes_assistant=23)
    payload = payload_of(facts)
    assert of(payload).differences == []
    found = of(payload, as_of=dt.date(2019, 6, 3))
    assert "COD420 warning" in found.differences[0].gone


def test_only_the_days_asked_for():
    facts = samples.note()
    for day, judged in ((FIRST, 1), (LAST, 1), (FIRST - dt.timedelta(1), 0), (LAST + dt.timedelta(1), 0)):
        assert of(payload_of(replace(facts, date_of_service=day))).notes == judged


def test_entries_without_facts_are_counted_and_left_out():
    payload = payload_of(samples.note())
    del payload["facts"]
    found = of(payload, payload_of(samples.note()))
    assert (found.notes, found.without_facts) == (1, 1)


@pytest.mark.parametrize("payload", ["", "{}", "[]", "null", '{"visit": {"date_of_service": 1}}'])
def test_what_cannot_be_read_is_named_and_stops_nothing(payload):
    rows = [(UUID(int=7), payload), *rows_of(payload_of(samples.note()))]
    found = replay(rows, first=FIRST, last=LAST)
    assert found.unreadable == [str(UUID(int=7))]
    assert found.notes == 1


def test_facts_of_newer_code_are_tolerated():
    payload = payload_of(samples.note())
    payload["facts"]["moon"] = "full"
    assert of(payload).notes == 1


def test_a_thousand_notes_a_second():
    """The true figure is printed by the command; here only that nothing costs tens of times more."""
    facts = replace(BAD, blocks=(*BAD.blocks, *(samples.other_block(id=str(i)) for i in range(3))))
    found = replay(rows_of(*[payload_of(facts)] * 200), first=FIRST, last=LAST)
    assert found.notes == 200
    assert found.rate > 200


class TestCommand:
    def run(self, *arguments):
        out = StringIO()
        call_command("replay", *arguments, stdout=out)
        return out.getvalue()

    @pytest.fixture
    def signed(self, clinic):
        """A signed note that lacks what today's rules ask for."""
        document = uuid4()
        payload = payload_of(
            replace(BAD, date_of_service=clinic.today, payer_name="Harbor Mutual"), review={"findings": []}
        )
        chain.append(
            clinic=clinic.riverside.pk, kind="sign", document=document, document_type="note", payload=payload
        )
        return str(document)

    def test_it_names_notes_and_nobody(self, clinic, signed):
        said = self.run("--from", "2026-11-01", "--to", "2026-11-30")
        assert signed in said
        assert "+ NMR110 blocker" in said
        assert "notes a second" in said
        assert "Harbor" not in said

    def test_for_a_machine(self, clinic, signed):
        found = json.loads(self.run("--from", "2026-11-01", "--to", "2026-11-30", "--json"))
        [one] = [one for one in found["differences"] if one["note"] == signed]
        assert "NMR110 blocker" in one["appeared"]
        assert found["notes"] >= 1
        assert found["totals"]["appeared"]["NMR110 blocker"] >= 1
        assert found["notes_a_second"] > 0

    def test_one_clinic(self, clinic, signed):
        asked = ("--from", "2026-11-01", "--to", "2026-11-30", "--json", "--clinic")
        assert signed in self.run(*asked, str(clinic.riverside.pk))
        assert signed not in self.run(*asked, str(clinic.lakeside.pk))

    def test_every_signed_note_of_the_demo_is_accounted_for(self, clinic):
        found = json.loads(self.run("--from", "2000-01-01", "--to", "2026-12-31", "--json"))
        total = sum(1 for _ in command.entries(dt.date.min, None))
        assert found["notes"] + found["without_facts"] == total
        assert found["unreadable"] == []

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--from", "2026-11-30", "--to", "2026-11-01"),
            ("--from", "11/01/2026", "--to", "2026-11-30"),
            ("--from", "2026-02-30", "--to", "2026-11-30"),
            ("--from", "2026-11-01"),
            ("--from", "2026-11-01", "--to", "2026-11-30", "--clinic", "riverside"),
        ],
    )
    def test_what_is_not_understood(self, arguments):
        with pytest.raises(CommandError):
            self.run(*arguments)
