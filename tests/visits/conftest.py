from tests.accounts.small_clinic import happened, signed_in, world

__all__ = ["happened", "signed_in", "world"]
