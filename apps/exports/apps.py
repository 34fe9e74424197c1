from django.apps import AppConfig
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


class ExportsConfig(AppConfig):
    name = "apps.exports"

    def ready(self):
        from apps.ledger import followers

        from .making import after_signing

        register(can_make_pdfs)
        followers.register(after_signing)
