"""What each connection begins with."""

import pytest
from django.db import connection


@pytest.mark.postgres
def test_no_query_of_a_page_is_compiled_first(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
