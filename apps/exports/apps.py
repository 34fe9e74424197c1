import datetime as dt

from django.apps import AppConfig
from django.core.checks import Error as CheckError
from django.core.checks import Warning as CheckWarning
from django.core.checks import register


def can_make_pdfs(app_configs, **kwargs):
    """Midline runs without Pango, and says what to type to have PDFs."""
    from . import pdf

    missing = pdf.missing_libraries()
    if missing == (pdf.FASTER,):
        return [CheckWarning("PDFs take twice as long here.", hint=pdf.APT_LINE, id="exports.W002")]
    if missing:
        words = f"No PDFs here: the system has no {', '.join(missing)}."
        return [CheckWarning(words, hint=pdf.APT_LINE, id="exports.W001")]
    return []


def can_sign_pdfs(app_configs, **kwargs):
    """A certificate that is named can be used, and for a while yet."""
    from apps.audit import clock

    from . import certificate

    try:
        found = certificate.configured()
    except certificate.Unusable as problem:
        hint = "Set PDF_CERTIFICATE_FILE and PDF_CERTIFICATE_PASSPHRASE, or neither: docs/documents.md"
        return [CheckError(str(problem), hint=hint, id="exports.E001")]
    if found and found.ends_on < clock.today("UTC") + dt.timedelta(days=30):
        words = f"The certificate that signs PDFs ends on {found.ends_on}."
        return [CheckWarning(words, hint="Put a new one in its place.", id="exports.W003")]
    return []


class ExportsConfig(AppConfig):
    name = "apps.exports"

    def ready(self):
        from apps.ledger import followers

        from .making import after_signing

        register(can_make_pdfs)
        register(can_sign_pdfs)
        followers.register(after_signing)
