"""Presentations where a note is started: the day's list knows visits, not notes."""

from __future__ import annotations

import datetime as dt

from django import template

from apps.notes import presentations

register = template.Library()


@register.simple_tag
def presentations_on(day: dt.date) -> tuple[presentations.Presentation, ...]:
    return presentations.on(day)
