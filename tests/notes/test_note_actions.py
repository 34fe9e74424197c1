"""Starting, saving, answering and discarding a draft: what the actions promise, without a page."""

import datetime as dt
import uuid

import pytest

from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.notes import actions
from apps.notes.forms import DraftValues
from apps.notes.models import Block, Note
from apps.visits import actions as visits
from apps.visits.models import Attendance, Visit


def save(note, by, *, values=None, blocks=(), measures=(), revision=None, operation=None, unacknowledged=()):
    return actions.save_draft(
        note=note,
        by=by,
        revision=note.revision if revision is None else revision,
        operation=str(uuid.uuid4()) if operation is None else operation,
        unacknowledged=unacknowledged,
        values=DraftValues(note=values or {}, blocks=list(blocks), measures=list(measures)),
    )


def block(**values):
    return {"id": uuid.uuid4(), "code": "97112", **values}


@pytest.fixture
def draft(clinic):
    return clinic.draft_by(clinic.tess, complete=False)


def again(row):
    return type(row).objects.get(pk=row.pk)


# --- Starting ---------------------------------------------------------------------------------------------


def test_starting_a_note_says_that_the_patient_came_and_records_it(clinic):
    visit = clinic.visit_today(clinic.tess)
    note = actions.start(visit=visit, by=clinic.tess)
    assert again(visit).attendance == Attendance.ATTENDED
    assert (note.is_draft, note.author, note.discipline, note.revision) == (True, clinic.tess, "PT", 1)
    assert Event.objects.filter(verb=verbs.NOTE_STARTED, target=str(note.pk)).count() == 1


def test_a_new_note_has_no_minutes_and_no_words(clinic):
    note = actions.start(visit=clinic.visit_today(clinic.tess), by=clinic.tess)
    assert note.total_minutes is None and not note.blocks.exists()
    assert not any((note.subjective, note.assessment, note.plan))


def test_a_visit_has_one_note_of_a_discipline(clinic):
    visit = clinic.visit_today(clinic.tess, assistant=clinic.marcus)
    first = actions.start(visit=visit, by=clinic.tess)
    assert actions.start(visit=visit, by=clinic.tess) == first
    assert actions.start(visit=visit, by=clinic.marcus) == first
    assert visit.notes.count() == 1


def test_after_a_discarded_draft_a_new_note_can_be_started(clinic):
    visit = clinic.visit_today(clinic.tess)
    first = actions.start(visit=visit, by=clinic.tess)
    actions.discard(note=first, by=clinic.tess, reason="Opened for the wrong patient.")
    assert actions.start(visit=visit, by=clinic.tess) != first


@pytest.mark.parametrize("attendance", [Attendance.CANCELLED, Attendance.NO_SHOW, Attendance.REFUSED])
def test_a_visit_that_did_not_take_place_has_no_note(attendance, clinic):
    visit = clinic.visit_today(clinic.tess)
    visits.record_attendance(visit=visit, attendance=attendance, reason="Called.", by=clinic.tess)
    with pytest.raises(Refused, match="Change that first"):
        actions.start(visit=visit, by=clinic.tess)
    assert not visit.notes.exists()


def test_a_visit_cut_short_has_a_note(clinic):
    visit = clinic.visit_today(clinic.tess)
    visits.record_attendance(visit=visit, attendance=Attendance.CUT_SHORT, reason="Dizzy.", by=clinic.tess)
    actions.start(visit=visit, by=clinic.tess)
    assert again(visit).attendance == Attendance.CUT_SHORT


@pytest.mark.parametrize("who", ["sam", "priya", "marcus", "jo", "rae", "alex", "una"])
def test_only_people_on_the_visit_start_its_note(who, clinic):
    visit = clinic.visit_today(clinic.tess)
    with pytest.raises(Refused, match="Only people on this visit"):
        actions.start(visit=visit, by=getattr(clinic, who))
    assert not visit.notes.exists()


def test_start_now_uses_the_visit_that_one_has_today(clinic):
    patient = clinic.patients["parkinson"]
    before = Visit.objects.count()
    note = actions.start_now(patient=patient, by=clinic.tess)
    assert note.visit.expected_at == dt.time(9, 30)
    assert Visit.objects.count() == before


def test_start_now_makes_a_visit_where_there_is_none(clinic):
    note = actions.start_now(patient=clinic.patients["parkinson"], by=clinic.sam)
    assert (note.visit.clinician, note.visit.served_on) == (clinic.sam, clinic.today)
    assert actions.start_now(patient=clinic.patients["parkinson"], by=clinic.sam) == note


def test_start_now_does_not_take_up_a_cancelled_visit(clinic):
    note = actions.start_now(patient=clinic.patients["ankle"], by=clinic.tess)
    assert note.visit.attendance == Attendance.ATTENDED
    assert Visit.objects.filter(patient=clinic.patients["ankle"], served_on=clinic.today).count() == 2


def test_start_now_dates_the_visit_by_the_clinics_wall_and_not_by_utc(clinic):
    clock.set_to(dt.datetime(2026, 11, 21, 4, 30, tzinfo=dt.UTC))  # 22:30 of the day before in Chicago
    note = actions.start_now(patient=clinic.patients["vestibular"], by=clinic.sam)
    assert note.visit.served_on == dt.date(2026, 11, 20)


# --- Saving -----------------------------------------------------------------------------------------------


def test_a_save_counts_up_and_keeps_the_words(clinic, draft):
    before = draft.revision
    assert save(draft, clinic.tess, values={"subjective": "Less pain."}) == before + 1
    assert (again(draft).subjective, again(draft).revision) == ("Less pain.", before + 1)


def test_a_save_from_a_window_that_has_not_seen_the_last_one_overwrites_nothing(clinic, draft):
    seen = draft.revision
    save(draft, clinic.tess, values={"subjective": "Theirs"})
    with pytest.raises(actions.Conflict):
        save(draft, clinic.tess, values={"subjective": "Mine"}, revision=seen, blocks=[block()])
    assert again(draft).subjective == "Theirs"
    assert again(draft).blocks.count() == draft.blocks.count()


@pytest.mark.parametrize("revision", [0, 99])
def test_a_revision_that_no_window_can_have_seen_is_a_conflict(revision, clinic, draft):
    with pytest.raises(actions.Conflict):
        save(draft, clinic.tess, values={"subjective": "Mine"}, revision=revision)


def test_the_same_save_sent_twice_is_done_once_and_answered_alike(clinic, draft):
    operation, new = str(uuid.uuid4()), block(activity="Steps")
    first = save(
        draft, clinic.tess, operation=operation, values={"plan": "A"}, blocks=[new], revision=draft.revision
    )
    seen = first - 1
    second = save(draft, clinic.tess, operation=operation, values={"plan": "B"}, blocks=[new], revision=seen)
    assert second == first
    assert (again(draft).plan, again(draft).revision) == ("A", first)


def test_a_save_sent_again_after_another_is_still_answered_with_its_own_revision(clinic, draft):
    operation = str(uuid.uuid4())
    first = save(draft, clinic.tess, operation=operation, values={"plan": "A"})
    save(draft, clinic.tess, values={"plan": "B"})
    assert save(draft, clinic.tess, operation=operation, values={"plan": "A"}, revision=first - 1) == first
    assert again(draft).plan == "B"


def test_a_window_whose_answer_got_lost_does_not_conflict_with_itself(clinic, draft):
    seen, lost = draft.revision, str(uuid.uuid4())
    save(draft, clinic.tess, operation=lost, values={"plan": "First"})
    save(draft, clinic.tess, revision=seen, unacknowledged=(lost,), values={"plan": "Second"})
    assert again(draft).plan == "Second"


def test_a_lost_answer_does_not_hide_somebody_elses_later_save(clinic, draft):
    seen, lost = draft.revision, str(uuid.uuid4())
    save(draft, clinic.tess, operation=lost, values={"plan": "First"})
    save(draft, clinic.tess, values={"plan": "Theirs"})
    with pytest.raises(actions.Conflict):
        save(draft, clinic.tess, revision=seen, unacknowledged=(lost,), values={"plan": "Second"})
    assert again(draft).plan == "Theirs"


def test_an_operation_of_another_note_answers_nothing(clinic, draft):
    other = clinic.draft_by(clinic.sam, complete=False)
    operation = str(uuid.uuid4())
    save(other, clinic.sam, operation=operation)
    before = draft.revision
    assert save(draft, clinic.tess, operation=operation, values={"plan": "Kept"}) == before + 1
    assert again(draft).plan == "Kept"


def test_rows_keep_the_order_in_which_the_page_shows_them(clinic, draft):
    first, second, third = block(), block(code="97110"), block()
    save(draft, clinic.tess, blocks=[first, second, third])
    assert [row.pk for row in draft.blocks.all()][:3] != []
    sent = [{"id": one["id"], "code": one["code"]} for one in (third, first, second)]
    save(draft, clinic.tess, blocks=sent)
    order = [row.pk for row in draft.blocks.filter(pk__in=[one["id"] for one in sent])]
    assert order == [third["id"], first["id"], second["id"]]


def test_a_row_that_was_removed_comes_back_as_it_was(clinic, draft):
    new = block(activity="Steps over cones", minutes_therapist=9)
    save(draft, clinic.tess, blocks=[new])
    same = {"id": new["id"], "code": "97112"}
    save(draft, clinic.tess, blocks=[{**same, "is_removed": True}])
    assert Block.objects.get(pk=new["id"]).is_removed
    save(draft, clinic.tess, blocks=[{**same, "is_removed": False}])
    kept = Block.objects.get(pk=new["id"])
    assert (kept.is_removed, kept.activity, kept.minutes_therapist) == (False, "Steps over cones", 9)


def test_a_row_that_is_not_sent_stays(clinic, draft):
    new = block(activity="Steps")
    save(draft, clinic.tess, blocks=[new])
    save(draft, clinic.tess, values={"plan": "More"}, blocks=[block()])
    assert Block.objects.get(pk=new["id"]).activity == "Steps"


def test_what_a_row_is_does_not_change(clinic, draft):
    new = block()
    save(draft, clinic.tess, blocks=[new])
    save(draft, clinic.tess, blocks=[{"id": new["id"], "code": "97110"}])
    assert Block.objects.get(pk=new["id"]).code == "97112"


def test_the_block_of_another_note_is_refused_and_nothing_is_kept(clinic, draft):
    theirs = clinic.draft_by(clinic.sam).blocks.first()
    before = again(draft)
    with pytest.raises(Refused, match="belongs to another note"):
        save(
            draft,
            clinic.tess,
            values={"plan": "Not kept"},
            blocks=[{"id": theirs.pk, "code": theirs.code, "activity": "Taken over"}],
        )
    assert again(theirs).activity == theirs.activity
    assert (again(draft).plan, again(draft).revision) == (before.plan, before.revision)


@pytest.mark.parametrize("whose", ["parkinson", "harbor"])
def test_the_goal_of_another_patient_is_refused_and_nothing_is_kept(whose, clinic, draft):
    from apps.episodes.models import Goal

    goal = Goal.objects.filter(plan__patient=clinic.patients[whose]).first()
    assert goal.plan.patient_id != draft.visit.patient_id
    mine = draft.blocks.get()
    for sent in (block(goal_id=goal.pk), {"id": mine.pk, "code": mine.code, "goal_id": goal.pk}):
        with pytest.raises(Refused, match="goal"):
            save(draft, clinic.tess, values={"plan": "Not kept"}, blocks=[sent])
        draft.refresh_from_db()
    assert again(draft).plan != "Not kept"
    assert not Block.objects.filter(goal=goal, note=draft).exists()


def test_ones_own_patients_goal_is_taken(clinic, draft):
    from apps.episodes.models import Goal

    goal = Goal.objects.filter(plan__patient=draft.visit.patient, plan__discipline="PT").first()
    new = block(goal_id=goal.pk)
    save(draft, clinic.tess, blocks=[new])
    assert Block.objects.get(pk=new["id"]).goal == goal


def test_a_signed_note_takes_no_save_even_from_a_window_that_saw_it_as_a_draft(clinic):
    draft = clinic.draft_by(clinic.tess)
    stale = again(draft)
    Note.objects.filter(pk=draft.pk).update(status="signed")
    with pytest.raises(Refused, match="Signed words never change"):
        save(stale, clinic.tess, values={"plan": "Changed"})
    assert again(draft).plan == draft.plan


# --- Answering --------------------------------------------------------------------------------------------


def test_answers_are_added_to_those_given_before(clinic, draft):
    yes, no = {"value": "yes", "reason": ""}, {"value": "no", "reason": "Because."}
    actions.answer(note=draft, by=clinic.tess, answers={"NMR101:a": yes})
    actions.answer(note=draft, by=clinic.tess, answers={"NMR102:b": no})
    assert again(draft).answers == {"NMR101:a": yes, "NMR102:b": no}


def test_the_audit_line_of_an_answer_names_rules_and_no_words(clinic, draft):
    actions.answer(note=draft, by=clinic.tess, answers={"NMR101:a": {"value": "", "reason": "Canary"}})
    event = Event.objects.filter(verb=verbs.NOTE_ANSWERED).first()
    assert event.details == {"rules": ["NMR101"]}


def test_a_tied_unit_goes_to_a_code_that_is_charted(clinic):
    draft = clinic.draft_by(clinic.tess)
    actions.choose_units(note=draft, by=clinic.tess, codes=("97112", "97112"))
    assert again(draft).unit_choice == ["97112"]
    with pytest.raises(Refused, match="charted here"):
        actions.choose_units(note=draft, by=clinic.tess, codes=("97140",))
    actions.choose_units(note=draft, by=clinic.tess, codes=())
    assert again(draft).unit_choice == []


def test_a_removed_block_gets_no_tied_unit(clinic):
    draft = clinic.draft_by(clinic.tess)
    draft.blocks.filter(code="97110").update(is_removed=True)
    with pytest.raises(Refused, match="charted here"):
        actions.choose_units(note=draft, by=clinic.tess, codes=("97110",))


@pytest.mark.parametrize("method", ["cms", "ama", ""])
def test_the_method_is_one_of_two_or_open(method, clinic, draft):
    actions.choose_units(note=draft, by=clinic.tess, method=method)
    assert again(draft).method_choice == method


def test_another_method_is_refused(clinic, draft):
    with pytest.raises(Refused, match="one of the two"):
        actions.choose_units(note=draft, by=clinic.tess, method="mine")


# --- Discarding -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_draft_is_not_discarded_without_a_reason(reason, clinic, draft):
    with pytest.raises(Refused, match="Say why") as refusal:
        actions.discard(note=draft, by=clinic.tess, reason=reason)
    assert refusal.value.field == "reason"
    assert again(draft).is_draft


def test_a_discarded_draft_is_kept_with_its_reason_and_its_words(clinic, draft):
    actions.discard(note=draft, by=clinic.tess, reason=" Wrong visit. ")
    kept = again(draft)
    assert (kept.status, kept.discard_reason, kept.subjective) == (
        "discarded",
        "Wrong visit.",
        draft.subjective,
    )
    assert Event.objects.filter(verb=verbs.NOTE_DISCARDED, target=str(draft.pk)).exists()
