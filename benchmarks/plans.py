"""Which tables a query reads from end to end, by the plan that the database makes of it.

SQLite goes by an index wherever there is one, so a few rows are enough to ask it (tests/test_query_plans.py).
PostgreSQL reads a small table whole because that is quicker, so only a grown clinic tells (by_size.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

GROWS = {
    "accounts_failedattempt", "audit_event", "episodes_goal", "episodes_goalrecord", "episodes_paper",
    "episodes_planofcare", "episodes_planversion", "ledger_auditseal", "ledger_checkpoint",
    "ledger_ledgerentry", "notes_block", "notes_draftopen", "notes_draftsave", "notes_measuretaken",
    "notes_note", "notes_reviewrequest", "notes_thread", "patients_coverage", "patients_diagnosis",
    "patients_diagnosiscode", "patients_document", "patients_patient", "visits_attendancerecord",
    "visits_visit",
}  # fmt: skip
"""Tables with a row for each patient, visit, note, save or event."""

ALIAS = re.compile(r'"(\w+)" "?([TUVW]\d+)"?[ )]')
SCANNED = re.compile(r"^SCAN (\S+)")
OF_A_WHOLE_CLINIC = re.compile(r"^SEARCH (\S+) USING (?:COVERING )?INDEX \S+ \(clinic_id=\?\)$")


def read_whole(sql: str) -> set[str]:
    """Tables that grow and that this query would read from end to end."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}", [])
            lines = [row[3] for row in cursor.fetchall()]
        names = {alias: table for table, alias in ALIAS.findall(sql)}
        scanned = {
            match[1] for line in lines for of in (SCANNED, OF_A_WHOLE_CLINIC) if (match := of.match(line))
        }
        found = {names.get(name, name) for name in scanned}
        # The first rows in the order of an index are not all rows.
        return found & GROWS if " LIMIT " not in sql else set()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql.replace('%', '%%')}", [])
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return {table for table in whole(plan[0]["Plan"], is_limited=False) if table in GROWS}


def whole(node: dict[str, Any], *, is_limited: bool) -> Iterator[str]:
    """Tables that a plan of PostgreSQL reads without a condition on an index."""
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    if node["Node Type"] in ("Index Scan", "Index Only Scan") and "Index Cond" not in node and not is_limited:
        yield node["Relation Name"]
    is_limited = node["Node Type"] == "Limit" or (
        is_limited and node["Node Type"] not in ("Sort", "Aggregate")
    )
    for child in node.get("Plans", ()):
        yield from whole(child, is_limited=is_limited)
