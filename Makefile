# Short names for the scripts, which do the work and need no make.
.PHONY: accuracy check test demo bench drill parts lock screenshots chaos fuzz sbom sabotage trust trust-full trust-soak trust-rolling keystrokes inp first-note

check:
	bin/check

test:
	bin/test

demo:
	bin/demo

# Ten pages of a day in a clinic of 10,000 notes, on both databases: docs/bench.json and docs/bench.svg. Minutes;
# `make bench BENCH="--sizes 100000"` takes as long as such a clinic takes to grow.
bench:
	.venv/bin/python -m benchmarks.by_size $(BENCH)

# What a request is made of, in CPU time beside the floors of the same run: rules, editor, save, PDF.
parts:
	.venv/bin/python benchmarks/run.py

# A backup of a clinic of 10,000 notes is restored into a new database, migrated, verified and compared.
drill:
	.venv/bin/python -m benchmarks.drill $(DRILL)

# Two hundred times: somebody types, something breaks, and no word is lost. Minutes, in a real browser.
chaos:
	.venv/bin/python -m tests.browser.chaos

# What Midline is made of, with its licences: docs/sbom.json and docs/licences.csv.
sbom:
	.venv/bin/python bin/sbom

# Each control is taken away, in a copy of the tree, and its test must notice. Many minutes.
sabotage:
	.venv/bin/python -m tests.sabotage

# Twenty thousand generated bad requests on SQLite, and as many on PostgreSQL: none may be a failure of ours.
fuzz:
	.venv/bin/python -m tests.fuzzing

# What a routine note costs in keys and presses beyond its words, and how soon the page answers a key.
keystrokes:
	.venv/bin/python -m tests.browser.keystrokes

inp:
	.venv/bin/python -m tests.browser.inp

# From the set-up page of an empty database to a signed note, by the words on the page alone; minutes, printed.
first-note:
	.venv/bin/python -m tests.browser.first_note

accuracy:
	.venv/bin/python benchmarks/accuracy.py

screenshots:
	.venv/bin/python docs/screenshots.py

# The locks carry hashes and no addresses: whoever installs decides where from. Needs uv, here only.
# One lock serves Python 3.11 to 3.13; the test lock takes the run lock's versions, so both always agree.
LOCK = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

lock:
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --group test --constraints requirements/run.txt --output-file requirements/test.txt

# Promises tried by breaking things, on SQLite and at the same time on a PostgreSQL made for this; results in
# docs/trust.json. trust-full kills servers and databases as well, and is long; trust-soak waits for five minutes,
# trust-rolling replaces the serving processes.
# TRUST="R2 --size 100 --only sqlite" names another check, size or database. docs/record.md says what each is.
trust:
	.venv/bin/python -m benchmarks.trust $(TRUST)

trust-full:
	.venv/bin/python -m benchmarks.trust --full $(TRUST)

trust-soak:
	.venv/bin/python -m benchmarks.trust R12 --full $(TRUST)

trust-rolling:
	.venv/bin/python -m benchmarks.trust R13 --full $(TRUST)
