"""The way to the inbox, for the bar of every page. It asks the database nothing."""

from __future__ import annotations

from typing import Any

from django import template

from .. import count

register = template.Library()


@register.inclusion_tag("inbox/_link.html", takes_context=True)
def inbox_link(context) -> dict[str, Any]:
    request = context["request"]
    match = request.resolver_match
    return {
        "number": request.membership.inbox_unread,
        "is_old": count.needs_counting(request.membership),
        "is_here": match is not None and match.url_name == "inbox",
    }
