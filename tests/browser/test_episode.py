"""An episode of care in one piece: evaluated, planned, certified, ten visits, reported on, recertified."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from . import serving
from .charting import add_block, field, saved, write
from .serving import TODAY

pytestmark = pytest.mark.browser

FIRST = TODAY - dt.timedelta(days=35)
VISITS = [TODAY - dt.timedelta(days=days) for days in (32, 30, 28, 25, 23, 21, 18, 16, 14)]
REPORT = {
    "Improvement and extent of progress": "Steps wider on turns; still needs the rail when she looks back",
    "Continuing, changing": "Two more weeks toward goal 1, on uneven ground",
}


def us(day):
    return f"{day:%m/%d/%Y}"


def sign(page):
    """Sign what is shown, with a reason for each warning and a yes to each question."""
    expect(page.get_by_role("heading", name="Sign this note")).to_be_visible()
    for question in page.locator("form .f.ask").all():
        question.locator("label.chip", has_text="Yes").first.click()
    for reason in page.locator("form .f.warn").get_by_role("textbox").all():
        reason.fill("As charted")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Signed. The note is entry")


def paper(page, kind, **dates):
    page.locator("#record ~ ul").get_by_role("link", name=f"Record: {kind}", exact=True).click()
    for label, value in {**dates, "Signed by": "A. Physician, MD"}.items():
        page.get_by_label(label).first.fill(value)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("Recorded.", exact=True)).to_be_visible()


def start(page, chart, kind):
    """Start another kind of note about the latest visit."""
    page.goto(chart)
    page.locator("details.other-notes > summary", has_text="Other note").first.click()
    page.get_by_role("button", name=kind, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alderton, Robin")


def test_from_the_evaluation_through_ten_visits_to_a_report_and_a_recertification(page, places, served):
    chart = f"/patients/{places['patients']['episode']}/"

    # The evaluation, before there is a plan.
    start(page, chart, "Evaluation")
    for label in ("What the patient reports", "Prior level of function", "Systems review", "Your judgement"):
        write(page, label, f"Words of the evaluation, {label.lower()}")
    write(page, "What comes next", "Begin as planned")
    block = add_block(page, "97161")
    write(block, "Therapist’s minutes", "45")
    write(block, "Purpose", "To establish the plan")
    write(block, "What was done", "History, balance and gait examined")
    write(page, "Total treatment minutes", "45")
    saved(page)
    page.get_by_role("button", name=re.compile("^Sign")).click()
    sign(page)

    # The plan, with a goal from the guided builder.
    page.goto(f"{chart}plans/add/")
    page.get_by_label("Established on").fill(FIRST.isoformat())
    page.get_by_label("Type of treatment").fill("Balance and gait training")
    page.get_by_label("Frequency: times a week").fill("3")
    page.get_by_label("Duration: weeks").fill("6")
    page.locator("form.card button[type=submit]").first.click()
    page.get_by_role("link", name="Add a goal").click()
    sentence = page.locator("#sentence")
    for label, words in (
        ("Who", "Ms. Alderton"),
        ("Functional task", "turn in the kitchen with a cup"),
        ("Measure", "Berg"),
        ("Baseline", "36"),
        ("Target", "46"),
    ):
        page.get_by_label(label, exact=True).fill(words)
    expect(sentence).to_contain_text("turn in the kitchen with a cup")
    expect(sentence).to_contain_text("by when", ignore_case=True)
    page.get_by_label("Standard measure").select_option(label="Berg Balance Scale")
    page.get_by_label("By when").fill((TODAY + dt.timedelta(days=14)).isoformat())
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Read and sign").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("link", name="PDF")).to_be_visible()
    page.get_by_role("link", name="The episode").click()
    plan = page.url
    certification = page.get_by_role("region", name="Certification", exact=True)
    expect(certification).to_contain_text("overdue", ignore_case=True)
    paper(page, "First certification", **{"Signed on": (FIRST + dt.timedelta(days=5)).isoformat()})
    expect(certification).to_contain_text("Certified on")
    counter = page.get_by_role("region", name="Progress report", exact=True)
    expect(counter).to_contain_text("Treatment day 1 of 10")

    # Nine ordinary visits, and the report is due on the tenth treatment day.
    serving.run(
        served.database_url, "--treat", places["patients"]["episode"], *(day.isoformat() for day in VISITS)
    )
    page.reload()
    expect(counter).to_contain_text("Due now, treatment day 10 of 10")
    expect(counter.get_by_role("listitem").filter(has_text="therapist")).to_have_count(10)
    page.goto("/worklist/")
    therapists = page.get_by_role("region", name="Needs a therapist")
    expect(therapists).to_contain_text("progress report due now, treatment day 10 of 10")

    # The report is written beside what the period's notes hold.
    start(page, chart, "Progress report")
    drawn = page.locator(".drawn")
    expect(drawn).to_contain_text("10 treatment days with a signed note")
    measured = "38 points on 10/19/2026, 46 points on 11/06/2026"
    expect(page.locator(".drawn-lines")).to_contain_text(measured)
    expect(field(page, "Improvement and extent")).to_have_value("")
    for label, words in REPORT.items():
        write(page, label, words)
    for label in ("What the patient reports", "Your judgement", "What comes next"):
        write(page, label, f"Words of the report, {label.lower()}")
    goal = page.get_by_role("group", name=re.compile("Goal 1"))
    field(goal, "Status").select_option(label="Progressing")
    write(goal, "Now, against baseline and target", "46 of 56, and she carries a cup on four of five turns")
    saved(page)
    page.get_by_role("button", name=re.compile("^Sign")).click()
    sign(page)
    document = page.locator(".note-document")
    for words in (*REPORT.values(), measured, "she carries a cup on four of five turns"):
        expect(document).to_contain_text(words)
    page.goto(plan)
    expect(counter).to_contain_text("0 treatment days since the report of 11/06/2026")

    # Recertified: the plan goes on, and a physician signed it.
    page.get_by_role("button", name="Revise").click()
    page.get_by_label("Established on").fill(TODAY.isoformat())
    page.get_by_label("Why the plan is revised").fill("Goal 1 is near; outdoors is left")
    page.locator("button[name=sign]").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan of care, version 2")
    page.goto(plan)
    paper(page, "Recertification", **{"Signed on": TODAY.isoformat(), "Certified from": TODAY.isoformat()})
    timeline = certification.locator(".timeline")
    expect(timeline.locator("li", has_text="Recertified")).to_contain_text(us(TODAY))
    expect(certification).to_contain_text(f"holds through {us(TODAY + dt.timedelta(weeks=6, days=-1))}")
