"""Build the demo clinic, or bring it to the present day. Run twice, the second time changes nothing."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Membership
from apps.exports import certificate

from ... import peers, signed_past, world


class Command(BaseCommand):
    help = "Build the made-up demo clinic and print who can sign in. Needs MIDLINE_DEMO=on."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError(
                "The demo clinic is made-up people in a database of their own. "
                "Set MIDLINE_DEMO=on, or run bin/demo."
            )
        certificate.make_for_demo()
        clinic = world.existing()
        if clinic is None:
            try:
                clinic = world.build(more=[*signed_past.EXAMPLES, *peers.EXAMPLES])
            except world.NotADemo as refusal:
                raise CommandError(str(refusal)) from refusal
            done = "is built, with weeks of notes behind it and visits for today"
        elif world.is_busy(clinic):
            done = "is there, with visits for today"
        else:
            world.book_day(clinic)
            done = "is there, and visits were booked for today"
        self.stdout.write(f"The demo clinic {done}, {clinic.today:%m/%d/%Y}.")
        self.show(clinic)

    def show(self, clinic: world.World) -> None:
        roles = Membership.objects.filter(user__in=clinic.people).select_related("clinic", "user")
        rows = {
            role.user_id: (role.user.signature_name, role.get_role_display(), role.user.email)
            for role in roles
        }
        widths = [max(len(row[column]) for row in rows.values()) for column in range(3)]
        for place in (clinic.riverside, clinic.lakeside):
            self.stdout.write(f"\n{place.name}")
            here = {role.user_id for role in roles if role.clinic_id == place.pk}
            for person in clinic.people:
                if person.pk in here:
                    cells = zip(rows[person.pk], widths, strict=True)
                    self.stdout.write("  " + "  ".join(text.ljust(width) for text, width in cells).rstrip())
        self.stdout.write(f"\nEverybody's passphrase: {world.PASSPHRASE}")
        self.stdout.write(
            f"\nTry first: sign in as {clinic.tess.email}. On the first page is a note half"
            "\nwritten: finish it and sign it. Then open a chart and read how a patient's notes follow each"
            "\nother. Sign in as una@lakeside.example to see that nobody of Riverside is there."
        )
