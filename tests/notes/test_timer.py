"""The timer of a block: it counts, and writes minutes only when somebody presses for it."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.urls import reverse

from apps.audit import clock
from apps.demo import charting
from apps.notes import timer

NOON = 1_795_629_600  # 2026-11-25 18:00 UTC, noon in Chicago


def at(moment: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, dt.UTC)


def test_it_starts_pauses_goes_on_and_stops_with_whole_minutes():
    running = timer.read("").started(NOON)
    assert (running.state, str(running)) == ("running", f"{NOON}-")
    paused = running.paused(NOON + 119)
    assert (paused.state, paused.minutes) == ("paused", 1)
    stopped = paused.started(NOON + 300).stopped(NOON + 361)
    assert (stopped.state, stopped.minutes) == ("stopped", 3)
    assert timer.read(str(stopped)) == stopped
    assert (stopped.starts_at, stopped.ends_at) == ("18:00", "18:06")
    # Pressed twice, or in another state, nothing happens.
    assert stopped.paused(NOON + 999) == stopped and running.started(NOON + 5) == running
    assert timer.read("").stopped(NOON) == timer.read("")


@pytest.mark.parametrize(
    "text",
    [
        "now",
        "-",
        f"{NOON}",
        f"{NOON}-.",
        f"{NOON}-{NOON - 1}",
        f"{NOON}-{NOON + 90_000}",
        f"{NOON}-,{NOON}-{NOON}",
        "١٧٩٥٦٢٩٦٠٠-",
        ",".join(f"{NOON + at}-{NOON + at}" for at in range(31)),
        "\x00",
        f"{NOON}-\n",
    ],
)
def test_text_that_is_no_timer_is_none(text):
    assert timer.read(text) is None


def press(does, stored="", minutes="", **more):
    data = QueryDict(mutable=True)
    data.setlist("blocks", ["a", "b"])
    data.update({"timer": f"{does} blocks.a", "blocks.a.timer": stored, **more})
    data["blocks.a.minutes_therapist"] = minutes
    zone = dt.timezone(dt.timedelta(hours=-6))
    timer.with_buttons(data, minutes="minutes_therapist", now=at(NOON + 1500), zone=zone)
    return data


def test_stopping_leaves_the_minutes_alone_and_a_press_puts_them_in():
    data = press("stop", f"{NOON}-", minutes="20")
    assert data["blocks.a.minutes_therapist"] == "20"
    assert data["blocks.a.timer"] == f"{NOON}-{NOON + 1500}."
    data = press("use", f"{NOON}-{NOON + 1500}.", minutes="20")
    assert data["blocks.a.minutes_therapist"] == "25" and "blocks.a.starts_at" not in data
    data = press("use-clock", f"{NOON}-{NOON + 1500}.")
    assert (data["blocks.a.starts_at"], data["blocks.a.ends_at"]) == ("12:00", "12:25")
    assert data["blocks.a.timer"].endswith("=")


@pytest.mark.parametrize("stored", ["", f"{NOON}-", f"{NOON}-{NOON + 60}", f"{NOON}-{NOON + 60}="])
def test_only_a_stopped_timer_gives_minutes(stored):
    assert press("use", stored, minutes="20")["blocks.a.minutes_therapist"] == "20"


def test_one_that_starts_pauses_the_one_that_runs():
    data = press("start", **{"blocks.b.timer": f"{NOON}-"})
    assert data["blocks.a.timer"] == f"{NOON + 1500}-"
    assert data["blocks.b.timer"] == f"{NOON}-{NOON + 1500}"


def test_it_is_saved_with_the_block_and_survives_a_reload(clinic, client):
    note = clinic.draft_by(clinic.tess)
    block = note.blocks.first()
    before = block.minutes_therapist
    client.force_login(clinic.tess)
    address = reverse("note", args=[note.pk])
    path = f"blocks.{block.pk}"

    def post(status=302, **sent):
        known = {"revision": charting.read(note).revision, "blocks": str(block.pk)}
        sent = {**known, f"{path}.one_on_one": "on", **sent}
        assert client.post(address, sent).status_code == status
        block.refresh_from_db()

    post(timer=f"start {path}")
    assert block.timer.endswith("-")
    page = client.get(address).content.decode()
    assert 'data-state="running"' in page and f'value="{block.timer}"' in page
    start = int(clock.now().timestamp()) - 600
    post(**{f"{path}.timer": f"{start}-{start + 330}."})
    assert block.minutes_therapist == before
    page = client.get(address).content.decode()
    assert f"Put 5 min in place of {before} min" in page
    post(timer=f"use {path}", **{f"{path}.timer": f"{start}-{start + 330}."})
    assert block.minutes_therapist == 5
    post(422, **{f"{path}.timer": "nonsense"})
    assert block.timer == f"{start}-{start + 330}="


def test_a_duplicate_and_a_carried_block_have_no_timer_of_another_day():
    from apps.notes import carry, order

    assert "timer" not in order.DUPLICATED and "timer" not in carry.CARRIED
