"""Payloads as apps/notes/record.py makes them: made-up people; short, long, hostile; each call a new one."""

import copy

NOTE = "0f7c1c52-5d3e-4b7a-9a35-2f1d0c9b8e11"

EMPTY_BLOCK = {
    "id": "11111111-0000-4000-8000-000000000001",
    "code": "97110",
    "label": "Therapeutic exercise",
    "timed": True,
    "minutes_therapist": None,
    "minutes_assistant": None,
    "minutes_together": None,
    "minutes": None,
    "one_on_one": True,
    "starts_at": None,
    "ends_at": None,
    "modifiers": ["GP"],
    "units_billed": None,
    "deficit_domains": [],
    "deficit": "",
    "limits": "",
    "goal": None,
    "activity": "",
    "position_used": "",
    "surface": "",
    "environment": "",
    "challenge": "",
    "dosage": "",
    "cues": [],
    "assistance_before": "",
    "assistance_after": "",
    "response": "",
    "progression": "",
    "distinct": "",
    "purpose": "",
    "description": "",
}

SIGNATURE = {
    "name": "Dana Ortiz, PT, DPT",
    "credential": "PT",
    "licence_number": "070.018442",
    "licence_state": "IL",
    "licence_expires_on": "2028-09-30",
    "npi": "1093817462",
    "meaning": "I provided the services recorded here.",
    "signed_at": "2026-11-20T20:32:08Z",
    "time_zone": "America/Chicago",
    "authenticated": "password",
}


def block(**values):
    unknown = set(values) - set(EMPTY_BLOCK)
    assert not unknown, unknown
    return {**copy.deepcopy(EMPTY_BLOCK), **values}


def short(*, signed=True):
    """A full, ordinary note: one page and a little more at most."""
    payload = {
        "schema": "midline/treatment-note/1",
        "note": {
            "id": NOTE,
            "type": "treatment",
            "title": "Treatment note",
            "discipline": "PT",
            "discipline_label": "Physical therapy",
        },
        "clinic": {
            "name": "Riverside Rehabilitation",
            "address": "410 Mill St, Springfield IL 62701",
            "phone": "(217) 555-0142",
            "npi": "1396847250",
            "time_zone": "America/Chicago",
        },
        "patient": {
            "id": "a0a0a0a0-0000-4000-8000-000000000001",
            "mrn": "10482",
            "family_name": "Okafor",
            "given_name": "Grace",
            "born_on": "1955-03-14",
            "sex": "F",
            "precautions": "Fall risk; left neglect. Blood pressure before standing work.",
        },
        "visit": {
            "id": "b0b0b0b0-0000-4000-8000-000000000001",
            "date_of_service": "2026-11-20",
            "starts_at": "13:02",
            "ends_at": "13:52",
            "place": "11",
            "place_label": "Office or clinic",
            "attendance": "attended",
            "attendance_reason": "",
            "people": [{"name": "Dana Ortiz, PT, DPT", "role": "clinician"}],
        },
        "clinician": {"name": "Dana Ortiz, PT, DPT"},
        "payer": {
            "name": "Medicare Part B",
            "policy": "medicare",
            "policy_label": "CMS total time",
            "member_number": "1EG4-TE5-MK73",
        },
        "diagnoses": [
            {
                "code": "I69.354",
                "words": "Hemiplegia following cerebral infarction affecting left non-dominant side",
                "type": "treating",
                "release": "2026-04",
            },
            {"code": "R29.6", "words": "Repeated falls", "type": "medical", "release": "2026-04"},
        ],
        "plan_of_care": {
            "starts_on": "2026-09-19",
            "through_on": "2026-12-17",
            "certified_on": "2026-09-24",
            "frequency": "2 × week for 12 weeks",
            "goals": [
                {
                    "number": 1,
                    "words": "Patient will rise from a kitchen chair without hands, 5 of 5, by 11/30/2026",
                },
                {
                    "number": 2,
                    "words": "Patient will turn 360° at the counter without hands, 4 of 5, by 12/17/2026",
                },
            ],
        },
        "sections": [
            {
                "key": "extent",
                "label": "Improvement and extent of progress",
                "part": "A",
                "words": "Goal 2 first.",
            },
            {"key": "report_ends_on", "label": "to", "part": "A", "words": "2026-11-20"},
        ],
        "goal_reports": [
            {"number": 2, "goal": "Turn 5 of 5 times.", "status": "Progressing", "words": "3 of 5 on 11/20."},
        ],
        "progress": {"treatment_day": 9, "since_report": 9, "last_report_on": ""},
        "facts": {},
        "subjective": (
            "Two near-falls turning in the kitchen since Thursday, both caught on the counter.\n"
            "More confident stepping off the curb. No dizziness, no new pain."
        ),
        "vitals": {
            "before": {"systolic": 132, "diastolic": 78, "pulse": 76, "oxygen": 97},
            "after": {"systolic": 138, "diastolic": 80, "pulse": 88, "oxygen": None},
        },
        "measures": [
            {
                "key": "berg",
                "label": "Berg Balance Scale",
                "unit": "points",
                "range": "0 to 56",
                "value": "44",
                "name": "",
                "words": "",
                "baseline": "38",
                "baseline_on": "2026-09-19",
                "last": "43",
                "last_on": "2026-11-12",
                "meaning": "+6 since baseline, above MDC 2.7; risk below 45",
            },
            {
                "key": "tug",
                "label": "Timed Up and Go",
                "unit": "s",
                "range": "",
                "value": "16.8",
                "name": "",
                "words": "with single-point cane",
                "baseline": "21.4",
                "baseline_on": "2026-09-19",
                "last": "17.2",
                "last_on": "2026-11-12",
                "meaning": "4.6 s faster, above MDC 3.2; risk at 13.5 and over",
            },
            {
                "key": "observation",
                "label": "Observation",
                "unit": "",
                "range": "",
                "value": "",
                "name": "Turning 180° left",
                "words": "5 steps, one hand on counter in 2 of 4",
                "baseline": "",
                "baseline_on": None,
                "last": "",
                "last_on": None,
                "meaning": "",
            },
        ],
        "blocks": [
            block(
                id="11111111-0000-4000-8000-000000000001",
                code="97112",
                label="Neuromuscular re-education",
                minutes_therapist=24,
                minutes=24,
                starts_at="13:05",
                ends_at="13:29",
                deficit_domains=["Balance", "Proprioception"],
                deficit="Delayed righting reactions, impaired midline orientation",
                limits="Cannot turn in the kitchen without a hand on the counter",
                goal=2,
                activity="Perturbed standing on foam, reaching across midline to shelf height",
                position_used="standing, feet together",
                surface="foam",
                environment="parallel bars, quiet",
                challenge="eyes open progressing to closed",
                dosage="10 trials each side",
                cues=[
                    {
                        "kind": "Manual",
                        "action": "Facilitation at pelvis to recover midline",
                        "error": "trunk stays left after a left perturbation",
                        "effect": "Better",
                        "seen": "midline regained within one step in 6 of 10; no hand support after trial 6",
                    },
                    {
                        "kind": "Verbal",
                        "action": "timing cue for the reactive step",
                        "error": "step starts late",
                        "effect": "No change",
                        "seen": "faded from every trial to 3 of 10",
                    },
                ],
                assistance_before="Min A",
                assistance_after="CGA",
                response="Reactive step in 7 of 10 trials (3 of 10 on 11/17). No symptoms; one rest.",
                progression="Foam for the first time; next: turning with a dual task",
                distinct="Control of reactions to a disturbance; the exercise below is for strength alone",
            ),
            block(
                id="11111111-0000-4000-8000-000000000002",
                minutes_therapist=15,
                minutes_assistant=8,
                minutes=23,
                starts_at="13:29",
                ends_at="13:52",
                goal=1,
                purpose="Hip abductor strength 3+/5 limits single-leg stance time",
                description="Side-lying abduction and lateral step-ups, 3 × 10; stance time left 4.1 s",
            ),
        ],
        "times": {"total_minutes": 47, "timed_minutes": 47},
        "units": {
            "method": "cms",
            "method_label": "CMS total time",
            "total_units": 3,
            "lines": [
                {
                    "code": "97112",
                    "minutes": 24,
                    "minutes_elsewhere": 0,
                    "units": 2,
                    "note": "1 + 1 (larger remainder, 9)",
                    "modifiers": ["GP"],
                },
                {
                    "code": "97110",
                    "minutes": 23,
                    "minutes_elsewhere": 0,
                    "units": 1,
                    "note": "1 (remainder 8)",
                    "modifiers": ["GP"],
                },
            ],
            "untimed": [],
            "working": [
                "47 timed minutes are 3 units (38 to 52 minutes).",
                "Full 15-minute portions: 97112 one, 97110 one.",
                "The third unit goes to the larger remainder: 97112 (9 minutes) over 97110 (8).",
            ],
            "question": "",
            "alternatives": [],
        },
        "assessment": (
            "Reactive stepping is now reliable to the right and emerging to the left; visual dependence "
            "remains the limit. Goal 2 progressing. Skilled facilitation is still needed because unguarded "
            "left perturbation leads to loss of balance in 3 of 10 trials."
        ),
        "plan": (
            "Continue 2 × week. Reduce manual facilitation to tactile cue; add turning with a dual task. "
            "Progress report next visit."
        ),
        "home_program": "Tandem stance at the counter, 3 × 30 s, twice a day; demonstrated back correctly.",
        "caregiver_training": "",
        "communication": "",
        "adverse_event": "",
        "adverse_event_action": "",
        "review": {
            "catalogue_version": "2026.11.1",
            "findings": [
                {
                    "rule": "NMR201",
                    "title": "Progress report due soon",
                    "severity": "warning",
                    "kind": "fail",
                    "message": "This is treatment day 9 of 10.",
                    "evidence": "Last report 10/16/2026",
                    "answer": "",
                    "reason": "Booked with the visit of 11/24",
                    "holds_billing": False,
                },
                {
                    "rule": "NMR117",
                    "title": "Purpose may fit another code",
                    "severity": "warning",
                    "kind": "ask",
                    "message": "Is the purpose of this block control rather than strength?",
                    "evidence": "",
                    "answer": "yes",
                    "reason": "",
                    "holds_billing": False,
                },
            ],
            "holds_billing": False,
        },
    }
    if signed:
        payload["signature"] = copy.deepcopy(SIGNATURE)
    return payload


def bare(*, signed=False):
    """A draft as it starts: everything empty that can be."""
    payload = short(signed=signed)
    payload["patient"]["precautions"] = ""
    payload["visit"] |= {"starts_at": None, "ends_at": None}
    payload |= {
        "payer": None,
        "diagnoses": [],
        "plan_of_care": None,
        "measures": [],
        "vitals": {
            when: dict.fromkeys(("systolic", "diastolic", "pulse", "oxygen")) for when in ("before", "after")
        },
        "blocks": [block(code="97112", label="Neuromuscular re-education")],
        "times": {"total_minutes": None, "timed_minutes": 0},
        "units": {
            "method": None,
            "method_label": "",
            "total_units": None,
            "lines": [],
            "untimed": [],
            "working": [],
            "question": "",
            "alternatives": [],
        },
        "review": {"catalogue_version": "2026.11.1", "findings": [], "holds_billing": False},
    }
    for name in ("subjective", "assessment", "plan", "home_program"):
        payload[name] = ""
    return payload


def long(*, signed=True):
    """Several pages: many blocks, other disciplines' minutes, assistants, an adverse event, no method."""
    payload = short(signed=signed)
    payload["clinic"]["name"] = "Riverside Rehabilitation and Neurological Recovery Center of Sangamon County"
    payload["patient"] |= {
        "family_name": "Featherstonehaugh-Villanueva",
        "given_name": "Maria Concepción Ángela",
    }
    payload["visit"] |= {
        "attendance": "cut_short",
        "attendance_reason": "Patient felt light-headed at 14:05",
        "people": [
            {"name": "Dana Ortiz, PT, DPT", "role": "clinician"},
            {"name": "Priya Raman, PTA", "role": "assistant"},
            {"name": "Ben Lindqvist, student", "role": "student"},
        ],
    }
    payload["payer"] |= {
        "name": "Heartland Mutual Health Plan of Illinois, Preferred",
        "policy_label": "method not known",
    }
    payload["plan_of_care"]["certified_on"] = None
    payload["plan_of_care"]["goals"] += [
        {
            "number": number,
            "words": f"Goal number {number}: " + "walk to the mailbox and back over gravel, " * 2,
        }
        for number in range(3, 7)
    ]
    payload["subjective"] = "\n\n".join(
        f"Paragraph {n}. "
        + "Reports fatigue in the afternoon; slept well; took medication at the usual hour. " * 3
        for n in range(1, 6)
    )
    payload["measures"] += [
        payload["measures"][0]
        | {
            "key": f"m{n}",
            "label": label,
            "unit": unit,
            "range": scale,
            "value": value,
            "baseline": "9.9",
            "baseline_on": f"2026-10-{n + 10}",
            "last": "",
            "last_on": None,
            "meaning": "Change is within the error of measurement for this population",
            "words": "second trial of two, first stopped for safety" if n % 2 else "",
        }
        for n, (label, unit, scale, value) in enumerate(
            [
                ("10-metre walk, comfortable pace", "m/s", "0 to 3", "0.62"),
                ("Five times sit to stand", "s", "", "19.3"),
                ("Functional Gait Assessment", "points", "0 to 30", "17"),
                ("Mini-BESTest", "points", "0 to 28", "18"),
                ("Activities-specific Balance Confidence", "%", "0 to 100", "61"),
            ]
        )
    ]
    guided = payload["blocks"][0]
    for n, (code, label) in enumerate(
        [
            ("97112", "Neuromuscular re-education"),
            ("97530", "Therapeutic activities"),
            ("97116", "Gait training"),
            ("97112", "Neuromuscular re-education"),
        ],
        start=3,
    ):
        payload["blocks"].append(
            copy.deepcopy(guided)
            | {
                "id": f"11111111-0000-4000-8000-00000000000{n}",
                "code": code,
                "label": label,
                "minutes_therapist": None if n == 4 else 10 + n,
                "minutes_assistant": 9 if n == 4 else None,
                "minutes_together": 3 if n == 3 else None,
                "minutes": 9 if n == 4 else 10 + n + (3 if n == 3 else 0),
                "one_on_one": n != 5,
                "starts_at": None,
                "ends_at": None,
                "modifiers": ["GP", "CQ"] if n == 4 else ["GP", "59"],
                "units_billed": 1 if n == 5 else None,
                "purpose": f"Purpose of block {n}",
                "response": f"Block {n}. "
                + "Steps became longer and the trunk stayed over the feet. " * (n * 4),
                "cues": [
                    cue | {"seen": f"{cue['seen']}; block {n}, cue {i}. " + "Weight came over the heel. " * i}
                    for i, cue in enumerate(guided["cues"] * 3)
                ],
            }
        )
    payload["blocks"].append(
        block(
            id="11111111-0000-4000-8000-000000000009",
            code="G0283",
            label="Electrical stimulation, unattended",
            timed=False,
            minutes_assistant=12,
            minutes=12,
            description="Left wrist extensors, 35 Hz, comfortable contraction",
        )
    )
    payload["times"] = {"total_minutes": 128, "timed_minutes": 112}
    payload["units"] |= {
        "method": None,
        "method_label": "",
        "total_units": None,
        "lines": [
            line | {"units": None, "minutes_elsewhere": 7 if line["code"] == "97110" else 0}
            for line in payload["units"]["lines"]
        ],
        "untimed": [
            {"code": "G0283", "label": "Electrical stimulation, unattended", "units": 1, "modifiers": ["GP"]}
        ],
        "question": "Which method does this payer use?",
        "alternatives": [
            {"method_label": "CMS total time", "total_units": 7, "lines": payload["units"]["lines"]},
            {"method_label": "AMA midpoint", "total_units": 8, "lines": payload["units"]["lines"]},
        ],
    }
    payload["assessment"] = "\n".join(f"{n}. " + payload["assessment"] for n in range(1, 7))
    payload |= {
        "caregiver_training": "Husband guarded on the stairs; needed two reminders to stand below.",
        "communication": "Called Dr. Iyer's office 14:20 about light-headedness; message taken by RN Cole.",
        "adverse_event": "Light-headed on standing, 102/60; sat down, no loss of consciousness.",
        "adverse_event_action": "Legs raised, fluids, 118/70 after 8 minutes; walked out with husband.",
    }
    payload["review"]["findings"].append(
        {
            "rule": "NMR305",
            "title": "Plan of care not certified",
            "severity": "warning",
            "kind": "fail",
            "message": "No dated signature of the physician within 30 days.",
            "evidence": "First treatment 09/19/2026",
            "answer": "",
            "reason": "Faxed again today; office confirms receipt",
            "holds_billing": True,
        }
    )
    payload["review"]["holds_billing"] = True
    return payload


def hostile_texts(address):
    """Words that must print as words. `address` is a server that must never be asked for anything."""
    return [
        '<img src="file:///etc/passwd">',
        f'<img src="{address}/img.png">',
        f'<link rel="stylesheet" href="{address}/a.css">',
        f'<link rel="attachment" href="{address}/attached">',
        f"<style>@import url({address}/b.css);</style>",
        f"@import url('{address}/c.css');",
        f"</p><style>p{{background:url({address}/d)}}</style>",
        f"url({address}/e) url(file:///etc/hostname)",
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}/f.png"/></svg>',
        f'<svg><use xlink:href="{address}/g.svg#x"/></svg>',
        f'<object data="{address}/h"></object><embed src="{address}/i">',
        f'<iframe src="{address}/j"></iframe>',
        f'<base href="{address}/"><a href="k">k</a>',
        f'<meta http-equiv="refresh" content="0;url={address}/l">',
        "javascript:alert(1) <script>alert(1)</script>",
        f'<p style="background:url({address}/m)">m</p>',
        f"{{% include 'file:///etc/passwd' %}} {{{{ document.seal }}}} {address}/n",
        f'"><img src=x onerror="fetch(\'{address}/o\')">',
        f"<![CDATA[<!ENTITY x SYSTEM '{address}/p'>]]> &x; &lt;b&gt;",
        f'*/ }} @font-face {{ font-family: Inter; src: url("{address}/q.ttf") }} /*',
    ]


def hostile(address):
    """Every text field of the note says something that would like to be more than text."""
    payload = short()
    texts = iter(hostile_texts(address) * 8)

    def fill(value):
        if isinstance(value, dict):
            return {name: fill(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        return next(texts) if isinstance(value, str) and " " in value else value

    for name in (
        "subjective",
        "measures",
        "blocks",
        "assessment",
        "plan",
        "home_program",
        "clinic",
        "review",
    ):
        payload[name] = fill(payload[name])
    payload["patient"]["family_name"] = '<b onclick="x()">Okafor'
    payload["clinic"]["time_zone"] = "America/Chicago"
    return payload


def with_text(text):
    """The short note with one text in its longest fields."""
    payload = short()
    payload["subjective"] = payload["assessment"] = payload["blocks"][0]["response"] = text
    payload["blocks"][0]["cues"][0]["seen"] = text
    return payload
