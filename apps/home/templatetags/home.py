"""What waits for whoever looks, for the page of the day: visits do not know notes, packets or the desk."""

from __future__ import annotations

from typing import Any

from django import template

from apps.accounts.models import Role

from .. import waiting

register = template.Library()


@register.inclusion_tag("home/_waiting.html", takes_context=True)
def what_waits(context) -> dict[str, Any]:
    request = context["request"]
    return {
        "waiting": waiting.of(request.user, request.membership),
        "nothing": waiting.NOTHING[Role(request.membership.role)],
    }
