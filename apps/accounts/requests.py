"""The request as views behind a sign-in see it, for the type checker."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from .models import Membership, User


class SignedInRequest(HttpRequest):
    """A request by somebody signed in, with what the middlewares add to it."""

    user: User  # type: ignore[assignment]
    htmx: HtmxDetails
    membership: Membership | None
