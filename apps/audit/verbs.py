"""The words in which events are recorded. A verb that is not here cannot be recorded."""

SIGNED_IN = "signed in"
SIGN_IN_FAILED = "sign-in failed"
SIGNED_OUT = "signed out"
PERSON_ADDED = "person added"
PERSON_CHANGED = "person changed"

PATIENT_ADDED = "patient added"
PATIENT_CHANGED = "patient changed"
CHART_OPENED = "chart opened"
PATIENTS_SEARCHED = "patients searched"
COVERAGE_ADDED = "coverage added"
COVERAGE_CHANGED = "coverage changed"
PAYER_ADDED = "payer added"
PAYER_CHANGED = "payer changed"
DIAGNOSIS_ADDED = "diagnosis added"
DIAGNOSIS_ENDED = "diagnosis ended"

PLAN_ADDED = "plan of care added"
PLAN_CHANGED = "plan of care changed"
GOAL_ADDED = "goal added"
GOAL_CHANGED = "goal changed"

VISIT_BOOKED = "visit booked"
ATTENDANCE_RECORDED = "attendance recorded"

NOTE_STARTED = "note started"
NOTE_OPENED = "note opened"
NOTE_SAVED = "note saved"
NOTE_ANSWERED = "question answered"
NOTE_DISCARDED = "note discarded"
NOTE_SIGNED = "note signed"
NOTE_PRINTED = "note printed"

ALL = frozenset(value for name, value in list(globals().items()) if name.isupper() and name != "ALL")
