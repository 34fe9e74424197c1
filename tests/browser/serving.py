"""A real server for the browser tests: its own database with the demo clinic in it, and its own process.

`live_server` would commit into the database that all other tests roll back in, and the flush after each of
its tests meets the triggers of the append-only tables. So these tests share only the code with the others.

Run as a script it fills the database that DATABASE_URL names (docs/screenshots.py asks for --demo-alone, the
clinic as everybody sees it). What granian loads is in wsgi.py.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zoneinfo
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 15, 0, tzinfo=zoneinfo.ZoneInfo("America/Chicago"))
PASSPHRASE = "river stones stay quiet"

CHARTS = {
    # name: (family name, what is charted, payer). Each belongs to one test, to do with as it likes.
    "first": ("Abbott", "visit", "medicare"),
    "tie": ("Birchwood", "visit", "medicare"),
    "typing": ("Cadwell", "begun", "medicare"),
    "rows": ("Dunmore", "begun", "medicare"),
    "windows": ("Eastley", "begun", "medicare"),
    "merge": ("Easterby", "begun", "medicare"),
    "session": ("Fenwick", "begun", "medicare"),
    "stranger": ("Garland", "begun", "medicare"),
    "trouble": ("Hartley", "begun", "medicare"),
    "leaving": ("Ingram", "begun", "medicare"),
    "keyboard": ("Jessup", "visit", "medicare"),
    "plain": ("Kingsley", "visit", "medicare"),
    "still": ("Langdon", "complete", "medicare"),
    "touch": ("Merton", "complete", "medicare"),
    "search": ("Norwood", "none", "medicare"),
    "axe": ("Oakham", "complete", "medicare"),
    "method": ("Pemberton", "begun", "capitol"),
    "ready": ("Quincey", "complete", "medicare"),
    "signed": ("Redfern", "signed", "medicare"),
    "discarded": ("Sedgwick", "discarded", "medicare"),
    "empty": ("Thornby", "begun", "medicare"),
    "refusals": ("Underhill", "begun", "medicare"),
    "phrases": ("Yardley", "begun", "medicare"),
    "carried": ("Varley", "before", "medicare"),
    "carried-part": ("Wexford", "before", "medicare"),
    "chaos": ("Zeller", "begun", "medicare"),
    "dictation": ("Xanders", "begun", "medicare"),
    "timer": ("Yates", "begun", "medicare"),
    "presentation": ("Zimmer", "before", "medicare"),
    "order": ("Winslow", "begun", "medicare"),
    "review": ("Xavier", "in review", "medicare"),
    "episode": ("Alderton", "referred", "medicare"),
    "keystrokes": ("Ashdown", "again", "medicare"),
    "five": ("Chilton", "five", "medicare"),
}


# ---- The database ------------------------------------------------------------------------------------


def fill(charts: dict[str, tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """Migrate, build the demo clinic and `charts`; returns where everything is."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from apps.accounts.models import Membership
    from apps.audit import clock
    from apps.demo import world
    from apps.episodes import actions as episodes
    from apps.episodes.models import Authorization, Goal, Paper, PlanOfCare, PlanVersion
    from apps.exports.packets import actions as packets
    from apps.exports.packets import attestations, making
    from apps.notes import saved_phrases
    from apps.notes.models import Note
    from apps.patients import holds
    from apps.patients.models import Coverage, Payer
    from apps.review import peer
    from apps.visits.models import Visit

    call_command("migrate", verbosity=0)
    clinic = world.build(today=TODAY)
    clock.set_to(NOW - dt.timedelta(hours=1))
    places: dict[str, dict[str, str]] = {"patients": {}, "notes": {}, "visits": {}}
    for number, (name, (family_name, charted, payer)) in enumerate(charts.items()):
        add_chart(clinic, places, number, name, family_name, charted, payer)
    for key, patient in clinic.patients.items():
        places["patients"][key] = str(patient.pk)
    places["notes"]["ready"] = places["notes"].get("ready") or str(
        clinic.draft_by(clinic.tess, "sclerosis").pk
    )
    riverside = clinic.riverside
    stroke = clinic.patients["stroke"]
    places["notes"]["half"] = str(Note.objects.get(visit__patient=stroke, status="draft").pk)
    places["visits"]["half"] = str(Note.objects.get(visit__patient=stroke, status="draft").visit_id)
    student_visits = Visit.objects.filter(student=clinic.jo, notes__isnull=False)
    places["notes"]["student"] = str(Note.objects.filter(visit__in=student_visits).first().pk)
    places["patients"]["student"] = str(Visit.objects.filter(student=clinic.jo).first().patient_id)
    letter = {
        "letter_on": TODAY - dt.timedelta(days=18),
        "reviewer": "Capitol Review",
        "kind": "payer",
        "purpose": "review",
        "contact_name": "R. Reader",
        "contact_phone": "555-0100",
    }
    days = {"starts_on": TODAY - dt.timedelta(days=60), "through_on": TODAY}
    sample = packets.begin_sample(
        clinic=riverside, rows=[{"patient": stroke, **days}], by=clinic.rae, **letter
    )
    packet = sample.packets.get()
    attestations.ask(packet=packet, note=Note.objects.get(pk=places["notes"]["student"]), by=clinic.rae)
    phrase = saved_phrases.add(
        clinic=riverside, kind="cue", words="___ at the pelvis before ___", shared=False, by=clinic.tess
    )
    revised = episodes.revise(plan=clinic.patients["parkinson"].plans.get(), by=clinic.tess)
    places["one"] = {
        "person": str(Membership.objects.get(user=clinic.tess, clinic=riverside).user_id),
        "payer": str(Payer.objects.filter(clinic=riverside).order_by("name").first().pk),
        "coverage": str(Coverage.objects.filter(patient=stroke).first().pk),
        "plan": str(PlanOfCare.objects.filter(patient=stroke).first().pk),
        "goal": str(Goal.objects.filter(plan__patient=stroke).first().pk),
        "version": str(PlanVersion.objects.filter(plan__patient=stroke).first().pk),
        "paper": str(Paper.objects.filter(plan__patient=stroke).first().pk),
        "authorization": str(Authorization.objects.filter(patient__clinic=riverside).first().pk),
        "open_plan": str(revised.plan_id),
        "phrase": str(phrase.pk),
        "packet": str(packet.pk),
        "build": str(making.ask(of=packet, by=clinic.rae).pk),
        "sample": str(sample.pk),
        "request": str(packet.request_id),
        "hold": str(holds.place(patient=packet.patient, reason="A lawyer’s letter", by=clinic.rae).pk),
    }
    places["one"]["import"] = brought_in(clinic)
    own_words(clinic.tess)
    sample = peer.begin(
        clinic=riverside,
        discipline="PT",
        starts_on=TODAY - dt.timedelta(days=30),
        ends_on=TODAY,
        size=1,
        first=clinic.tess,
        second=clinic.sam,
        by=clinic.sam,
    )
    places["one"]["peer_sample"] = str(sample.pk)
    places["one"]["peer_note"] = str(peer.draw(sample=sample, by=clinic.sam)[0].pk)
    clock.release()
    # On SQLite the last connection to close writes what stands in the side file into the file that is copied.
    connections.close_all()
    return places


def brought_in(clinic):
    """A list with somebody new, somebody who may be here and a row to mend, before anybody is added."""
    from apps.intake import actions

    stroke = clinic.patients["stroke"]
    here = f"{stroke.family_name},{stroke.given_name},{stroke.born_on},F,NEW-2"
    text = f"Last name,First name,DOB,Sex,MRN\nAmes,Ann,03/14/1955,F,NEW-1\n{here}\nBolt,Ben,x,M,NEW-3\n"
    made = actions.begin(clinic=clinic.riverside, file=io.BytesIO(text.encode()), by=clinic.rae)
    actions.choose_columns(made=made, chosen=made.columns, by=clinic.rae)
    return str(made.pk)


def own_words(author):
    """All complete charts have the same words: what is asked about that is answered here, once for all."""
    from apps.demo import charting
    from apps.notes import actions, echoes
    from apps.notes.models import Note

    echoes.forget()
    for draft in Note.objects.filter(author=author, status="draft"):
        note = charting.read(draft)
        asked = [finding.key for finding in charting.judged(note).questions if finding.code == "NOT522"]
        if asked:
            yes = {"value": "yes", "reason": ""}
            actions.answer(note=note, by=author, answers=dict.fromkeys(asked, yes))


LATE_AND_ALIKE = {
    "REC802": {"value": "", "reason": "Written up after the day, from my own notes of it."},
    "NOT522": {"value": "yes", "reason": ""},
}


def add_chart(clinic, places, number, name, family_name, charted, payer):
    """One more made-up patient of Dana's, with everything that a note needs to be signed."""
    from apps.demo import charting
    from apps.episodes import actions as episodes
    from apps.episodes import record as episode_record
    from apps.notes import actions as notes
    from apps.notes import reviewing
    from apps.patients import actions as patients
    from apps.patients.models import Payer

    payer = Payer.objects.get(
        clinic=clinic.riverside, name=charting.content("clinics")["riverside"]["payers"][payer]["name"]
    )
    patient = patients.add_patient(
        clinic=clinic.riverside,
        by=clinic.rae,
        given_name="Robin",
        family_name=family_name,
        born_on=dt.date(1950, 1, 1) + dt.timedelta(days=number),
        sex="F",
        mrn=f"T-{1000 + number}",
    )
    places["patients"][name] = str(patient.pk)
    started = TODAY - dt.timedelta(days=30)
    patients.add_coverage(
        patient=patient,
        payer=payer,
        member_number=f"1EG4-TE5-{number:04}",
        starts_on=dt.date(2026, 1, 1),
        by=clinic.rae,
    )
    patients.add_diagnosis(patient=patient, code="R27.8", type="treating", by=clinic.tess)
    patients.add_diagnosis(patient=patient, code="G35.A", type="medical", by=clinic.tess)
    if charted == "referred":
        # No plan yet: the visit of the evaluation, five weeks ago.
        visit = clinic.visit_today(clinic.tess, patient, served_on=TODAY - dt.timedelta(days=35))
        places["visits"][name] = str(visit.pk)
        return
    plan = episodes.add_plan(
        patient=patient,
        discipline="PT",
        diagnoses=list(patient.diagnoses.all()),
        established_on=started,
        onset_on=started - dt.timedelta(days=60),
        prior_level="Shopped and cooked alone, walked a mile a day.",
        treatment="Balance and coordination retraining, strengthening.",
        potential="good",
        potential_because="Learns quickly and practises at home.",
        times_a_week=2,
        weeks=10,
        by=clinic.tess,
    )
    episodes.record_paper(
        plan=plan,
        kind="certification",
        signed_on=started + dt.timedelta(days=4),
        signer_name="A. Physician, MD",
        by=clinic.rae,
    )
    for task, measure, baseline, target in (
        ("turn in the kitchen in both directions without holding on", "turns of 10 tries", "4", "9"),
        ("walk outdoors on uneven ground with supervision", "distance", "50 m", "400 m"),
    ):
        episodes.add_goal(
            plan=plan,
            term="long",
            who="The patient",
            task=task,
            measure=measure,
            baseline=baseline,
            target=target,
            target_on=started + dt.timedelta(weeks=8),
            by=clinic.tess,
        )
    version = plan.versions.get()
    preview = episode_record.preview_digest(episode_record.payload_of(version))
    episodes.sign(version=version, by=clinic.tess, preview=preview)
    if charted == "none":
        return
    if charted == "visit":
        visit = clinic.visit_today(clinic.tess, patient, expected_at=dt.time(16, number % 60))
        places["visits"][name] = str(visit.pk)
        return
    if charted == "again":
        # A signed note of a week ago in words of its own, and today's visit in the list.
        note = clinic.draft_by(clinic.tess, patient, served_on=TODAY - dt.timedelta(days=7))
        note.blocks.filter(code="97112").update(
            deficit="Foot placed late and too near on crossing steps to the right, worse when spoken to",
            limits="Stops in doorways, and asks for an arm to get off the bus",
        )
        charting.sign(charting.read(note), {"answers": LATE_AND_ALIKE}, by=clinic.tess)
        visit = clinic.visit_today(clinic.tess, patient, expected_at=dt.time(16, number % 60))
        places["visits"][name] = str(visit.pk)
        return
    if charted == "before":
        # A signed note of a week ago, and today's draft without a block.
        day = TODAY - dt.timedelta(days=7)
        clinic.note_signed_by(clinic.tess, patient, served_on=day)
        note = clinic.draft_by(clinic.tess, patient, complete=False)
        note.blocks.all().delete()
    elif charted == "five":
        note = clinic.draft_by(clinic.tess, patient, complete=False)
        guided, other = charting.content("complete")["blocks"]
        more = [{**other, "code": code} for code in ("97530", "97116", "97140")]
        note = charting.write(note, {"blocks": [guided, other, *more], "is_complete": False}, by=clinic.tess)
        note.blocks.filter(position=0, deficit="").delete()
    elif charted == "signed":
        note = clinic.note_signed_by(clinic.tess, patient)
    else:
        note = clinic.draft_by(clinic.tess, patient, complete=charted in ("complete", "in review"))
    if charted == "in review":
        reviewing.send(note=note, by=clinic.tess, words="Is the response enough?")
    if charted == "discarded":
        notes.discard(note=note, by=clinic.tess, reason="Started on the wrong visit.")
    places["notes"][name] = str(note.pk)
    places["visits"][name] = str(note.visit_id)


def environment(database_url: str) -> dict[str, str]:
    """The child's environment: the caller's settings must not decide what is served."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return kept | {
        "DATABASE_URL": database_url,
        "MIDLINE_DEMO": "on",
        "DEBUG": "on",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }


class Databases:
    """Fills one database per run, and gives each process of pytest-xdist a copy of its own."""

    def __init__(self, folder: Path, run: str, worker: str):
        self.folder = folder
        self.worker = worker
        self.run = re.sub(r"\W", "", run)[:24]
        configured = os.environ.get("DATABASE_URL", "")
        self.server_url = configured if configured.startswith("postgres") else ""

    @contextlib.contextmanager
    def one_at_a_time(self):
        with open(self.folder / "browser.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def copy(self):
        """The address of a filled database, and where everything in it is."""
        places = self.folder / "browser-places.json"
        users = self.folder / "browser-users"
        users.mkdir(exist_ok=True)
        with self.one_at_a_time():
            if not places.exists():
                self.create(self.filled)
                places.write_text(run(self.url(self.filled)))
            (users / self.worker).touch()
            self.create(self.mine, template=self.filled)
        try:
            yield self.url(self.mine), json.loads(places.read_text())
        finally:
            with self.one_at_a_time():
                self.drop(self.mine)
                (users / self.worker).unlink()
                if not any(users.iterdir()):
                    self.drop(self.filled)
                    places.unlink()

    @property
    def filled(self) -> str:
        return f"midline_browser_{self.run}"

    @property
    def mine(self) -> str:
        return f"midline_browser_{self.run}_{self.worker}"

    def url(self, name: str) -> str:
        if not self.server_url:
            return f"sqlite:///{self.folder / name}.sqlite3"
        return re.sub(r"/[^/]*$", f"/{name}", self.server_url)

    def create(self, name: str, *, template: str = "") -> None:
        if self.server_url:
            self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        elif template:
            shutil.copy(self.folder / f"{template}.sqlite3", self.folder / f"{name}.sqlite3")

    def drop(self, name: str) -> None:
        if self.server_url:
            self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        else:
            for file in self.folder.glob(f"{name}.sqlite3*"):
                file.unlink()

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(statement)


# ---- The server --------------------------------------------------------------------------------------


class Server:
    """granian with one worker on a free port; `url` has no slash at its end."""

    def __init__(self, database_url: str, log: Path):
        self.log = log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url

    def __enter__(self) -> Server:
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [
                    str(Path(sys.executable).parent / "granian"),
                    *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
                    *("--workers", "1", "--blocking-threads", "4", "--backpressure", "16", "--no-ws"),
                    "tests.browser.wsgi:application",
                ],
                cwd=ROOT,
                env=environment(self.database_url),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"The server did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.1)
        return self

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def treat(patient_id: str, days: list[str]) -> None:
    """Sign an ordinary treatment note about each of `days`, after whatever the clinic's record holds."""
    import django

    django.setup()
    from apps.audit import clock
    from apps.demo import charting, world
    from apps.ledger.models import ChainHead
    from apps.patients.models import Patient

    clinic = world.existing(TODAY)
    head = ChainHead.objects.get(clinic=clinic.riverside.pk)
    clock.set_to(dt.datetime.fromisoformat(head.recorded_at.replace("Z", "+00:00")))
    patient = Patient.objects.select_related("clinic").get(pk=patient_id)
    for number, day in enumerate(days):
        note = clinic.draft_by(clinic.tess, patient, served_on=dt.date.fromisoformat(day))
        note = charting.write(note, {"assessment": f"Visit {number + 2}."}, by=clinic.tess)
        note.measures.filter(key="berg").update(value=38 + number)
        note.blocks.filter(code="97112").update(goal=patient.plans.get().goals.first())
        found = charting.judged(charting.read(note)).open
        reasons = {finding.code: {"value": "yes", "reason": "As charted."} for finding in found}
        charting.sign(note, {"answers": reasons}, by=clinic.tess)


def run(database_url: str, *arguments: str) -> str:
    """This file as a script with a database of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.serving", *arguments],
        cwd=ROOT,
        env=environment(database_url),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"The clinic of the browser tests was not built:\n{done.stderr[-1500:]}")
    return done.stdout


if __name__ == "__main__" and "--treat" in sys.argv:
    treat(sys.argv[2], sys.argv[3:])
elif __name__ == "__main__":
    sys.stdout.write(json.dumps(fill({} if "--demo-alone" in sys.argv else CHARTS)))
