"""A certificate for tests: made once, and named in the settings by whoever wants files signed."""

from apps.exports import certificate


def use(settings, folder):
    """Have PDFs signed with a certificate in `folder`."""
    settings.VAR_DIR = folder
    certificate.make_for_demo()
    settings.PDF_CERTIFICATE_FILE = str(folder / "demo-certificate.p12")
    return certificate.configured()
