"""What a page says of the PDFs of this server: the certificate that signs them, and what they cannot show."""

from __future__ import annotations

from django import template

from apps.exports import certificate, scripts

register = template.Library()


@register.inclusion_tag("exports/_certificate.html")
def pdf_certificate() -> dict[str, certificate.Certificate | None]:
    """A line about it, where there is one. Of one that cannot be used the checks tell, and the PDF's page."""
    try:
        return {"certificate": certificate.configured()}
    except certificate.Unusable:
        return {"certificate": None}


@register.simple_tag
def scripts_without_font() -> str:
    """Scripts in which a name would print as boxes, with commas between them."""
    return ", ".join(scripts.lacking())
