"""How often a wrong secret may be tried: passphrases, codes, and confirmations alike.

Three limits, all within the last fifteen minutes and all kept in the database, so that
neither another process nor a restart nor a header forgets them:

- an account from one place: so that nobody guesses on;
- an account from everywhere together: so that many places do not help;
- one place against all accounts: so that one passphrase is not tried on everybody.

Where somebody signed in before is known to be theirs. There only the first limit holds, so
whoever guesses from elsewhere cannot keep a person out of their own desk. A try that is
refused is not counted, so a limit always ends by itself.
"""

from __future__ import annotations

import datetime as dt

from allauth.usersessions.models import UserSession
from django.utils.crypto import salted_hmac

from apps.audit import clock

from .addresses import client_address, network_of
from .models import FailedAttempt, User

WINDOW = dt.timedelta(minutes=15)
PER_ACCOUNT_AND_PLACE = 5
PER_ACCOUNT = 25
PER_PLACE = 50
KNOWN_FOR = dt.timedelta(days=30)

TOO_MANY_CODE = "too_many"
TOO_MANY = "Too many tries. Wait fifteen minutes, then try again; earlier tries no longer count by then."


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"midline.limits.{kind}", value, algorithm="sha256").hexdigest()


class Attempt:
    """One try with a secret.

    It is counted before the secret is looked at, so that tries that run side by side
    cannot all be the first; whoever gets in takes it back with `worked()`.
    """

    def __init__(self, request, account: str, *, kind: str = "passphrase"):
        place = network_of(client_address(request))
        # Each kind of secret for itself: a right passphrase must not give back the tries at the code.
        self.account = _digest(kind, account.strip().lower()[:320])
        self.address = _digest("address", place)
        now = clock.now()
        FailedAttempt.objects.filter(at__lt=now - dt.timedelta(days=1)).delete()
        self.row = FailedAttempt.objects.create(at=now, account=self.account, address=self.address)
        lately = FailedAttempt.objects.filter(at__gt=now - WINDOW)
        here = lately.filter(account=self.account, address=self.address).count()
        self.refused = here > PER_ACCOUNT_AND_PLACE
        if not self.refused and not _is_known(account, place, now):
            self.refused = (
                lately.filter(account=self.account).count() > PER_ACCOUNT
                or lately.filter(address=self.address).count() > PER_PLACE
            )
        if self.refused:
            self.row.delete()

    def worked(self) -> None:
        FailedAttempt.objects.filter(account=self.account, address=self.address).delete()


def _is_known(account: str, place: str, now: dt.datetime) -> bool:
    since = now - KNOWN_FOR
    theirs = UserSession.objects.filter(user__email=account.strip().lower()[:320], created_at__gt=since)
    return any(network_of(address) == place for address in theirs.values_list("ip", flat=True))


def status_of(form) -> int:
    """429 for a form that refused to look because of too many tries; its page says what to do."""
    return 429 if any(form.has_error(name, TOO_MANY_CODE) for name in form.errors) else 200


def attempt_by(request, person: User, *, kind: str) -> Attempt:
    return Attempt(request, person.email, kind=kind)
