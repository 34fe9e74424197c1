"""Build the demo clinic, or bring it to the present day. Run twice, the second time does nothing."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Clinic, Membership

from ... import world


class Command(BaseCommand):
    help = "Build the made-up demo clinic and print who can sign in. Needs MIDLINE_DEMO=on."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError(
                "The demo clinic is made-up people in a database of their own. Set MIDLINE_DEMO=on, or run bin/demo."
            )
        clinic = world.existing()
        if clinic is None:
            try:
                clinic = world.build()
            except world.NotADemo as refusal:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(f"The demo clinic is built, with its history up to yesterday ({clinic.today:%m/%d/%Y}).")
        elif world.is_busy(clinic):
            self.stdout.write(f"The demo clinic is there, with visits for today, {clinic.today:%m/%d/%Y}.")
        else:
            world.book_day(clinic)
            self.stdout.write(f"The demo clinic is there; visits for today, {clinic.today:%m/%d/%Y}, were booked.")
        self.show(clinic)

    def show(self, clinic: world.World) -> None:
        roles = {
            membership.user_id: membership
            for membership in Membership.objects.filter(user__in=clinic.people).select_related("clinic")
        }
        rows = [
            (person.signature_name, roles[person.pk].get_role_display(), person.email) for person in clinic.people
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        self.stdout.write("")
        for place in Clinic.objects.filter(pk__in=[clinic.riverside.pk, clinic.lakeside.pk]).order_by("-name"):
            self.stdout.write(f"{place.name}")
            for person, row in zip(clinic.people, rows, strict=True):
                if roles[person.pk].clinic_id == place.pk:
                    cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
                    self.stdout.write(f"  {'  '.join(cells)}".rstrip())
        self.stdout.write(f"\nEverybody's passphrase: {world.PASSPHRASE}")
        self.stdout.write(
            f"\nTry first: sign in as {clinic.tess.email}. Today's list has a note half written; open it, finish it,"
            "\nand sign it. Then open a chart to see how a patient's notes follow each other."
        )
