"""What monitoring reads from the database: work that waits, notes that are open, and the last verification.

Sums over all clinics, each one query. No figure names a clinic: where there are few of them, that would tell
who has how much open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Max, Min, Q
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from apps.audit import clock
from apps.ledger.models import Verification
from apps.ledger.verify import Verdict
from apps.notes.models import Note, Status


class FromTheDatabase(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = clock.now()
        waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY).aggregate(
            count=Count("pk"), first=Min("enqueued_at")
        )
        yield GaugeMetricFamily("midline_tasks_waiting", "Tasks that no worker has begun.", waiting["count"])
        yield GaugeMetricFamily(
            "midline_tasks_oldest_seconds",
            "How long the first of them has waited.",
            (now - waiting["first"]).total_seconds() if waiting["first"] else 0,
        )
        open_notes = Note.objects.filter(
            status__in=(Status.DRAFT, Status.IN_REVIEW), clinic__is_practice=False
        )
        drafts = open_notes.aggregate(
            count=Count("pk"), late=Count("pk", filter=Q(started_at__lt=now - timedelta(hours=24)))
        )
        yield GaugeMetricFamily("midline_notes_open", "Notes that nobody has signed.", drafts["count"])
        yield GaugeMetricFamily(
            "midline_notes_open_a_day", "Of these, begun over 24 hours ago.", drafts["late"]
        )
        last = Verification.objects.values("clinic").annotate(last=Max("id")).values("last")
        verdicts = Verification.objects.filter(pk__in=last).aggregate(
            oldest=Min("at"), wrong=Count("pk", filter=~Q(verdict=Verdict.INTACT))
        )
        yield GaugeMetricFamily(
            "midline_records_not_intact",
            "Clinics whose last verification found something.",
            verdicts["wrong"],
        )
        if verdicts["oldest"]:
            yield GaugeMetricFamily(
                "midline_verification_age_seconds",
                "Since the clinic that was verified longest ago.",
                (now - verdicts["oldest"]).total_seconds(),
            )
