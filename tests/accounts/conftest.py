import time
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth as totp

from tests.accounts.small_clinic import happened, signed_in, world

__all__ = ["happened", "signed_in", "world"]


@pytest.fixture(autouse=True)
def no_code_grows_old_during_a_test(monkeypatch):
    """On a busy machine half a minute can end between a code and its use."""
    moment = time.time()
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: moment))
