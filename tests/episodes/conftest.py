from tests.accounts.small_clinic import happened, signed_in, world
from tests.episodes.small_plans import diagnosis, plan, signed_plan

__all__ = ["diagnosis", "happened", "plan", "signed_in", "signed_plan", "world"]
