"""A clinic of any size, with a record that verifies.

    DATABASE_URL=… .venv/bin/python -m benchmarks.clinic 100000 --witness FOLDER

A dozen episodes of care are told through the actions that the pages call: registered, planned, treated,
charted, signed, cosigned (told.py). What they left in the database is a mould (mould.py), and each further
patient is poured from one: other ids, another name, another therapist, and the same days so many weeks later
(pour.py). Every entry is hashed into the clinic's chain in the order of time, sealed and witnessed by the
functions that do so in a clinic; triggers stay in place, plain indexes and foreign keys are built at the end
(bare.py), and verify_ledger compares every row with what was signed.

What is not like life: what is said repeats from mould to mould; whole weeks later also means that
a note is judged by the rules of the week in which its mould was told; and nobody looked at a chart.
"""

FIGURES = "grown.json"
"""What was made and how fast, in the folder of the key and the checkpoints."""
