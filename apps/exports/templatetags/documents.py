"""What a page says of the certificate that signs PDFs."""

from __future__ import annotations

from django import template

from apps.exports import certificate

register = template.Library()


@register.inclusion_tag("exports/_certificate.html")
def pdf_certificate() -> dict[str, certificate.Certificate | None]:
    """A line about it, where there is one. Of one that cannot be used the checks tell, and the PDF's page."""
    try:
        return {"certificate": certificate.configured()}
    except certificate.Unusable:
        return {"certificate": None}
