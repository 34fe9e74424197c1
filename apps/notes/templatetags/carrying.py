"""What the editor's templates ask about words that were taken over from an earlier note."""

from django import template

from apps.notes.carry import Mark

register = template.Library()


@register.filter
def inherited(field) -> Mark | None:
    """The mark of a bound field whose inherited words nobody has changed or confirmed."""
    mark = getattr(field.form, "marks", {}).get(field.name)
    return mark if mark and mark.is_open else None


@register.filter
def is_inherited(field) -> bool:
    return inherited(field) is not None
