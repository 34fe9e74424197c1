"""On PostgreSQL the database itself keeps clinics apart, whatever a query forgets to ask.

Each connection carries the clinics that it may see, in the setting `midline.clinics`: ids with
commas between them. A request sets those of the person who asks, and takes them back at its end;
a connection that nobody told sees no row. What is started by hand (manage.py: migrating,
verifying the ledger, the demo) sees all clinics, and says so with the word "all".

A new table joins by itself when it has a clinic, or a foreign key to a table that has joined. What
has neither stands in OPEN, with the reason; a test fails for a table that has not decided.
SQLite has no such thing, and docs/row-security.md says what that means.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.apps import apps
from django.core.checks import CheckMessage, Info
from django.core.checks import Error as Stop
from django.db import Error, connections

SETTING = "midline.clinics"
ALL = "all"
POLICY = "only_the_clinics_of_this_connection"

OPEN = {
    "accounts_clinic": "names and addresses of practices; read to find out which ones a person belongs to",
    "accounts_user": "people of all clinics sign in at one door, before a clinic is known",
    "accounts_membership": "decides which clinics a connection may see, so it is read before",
    "accounts_failedattempt": "digests of who tried to get in; belongs to no clinic",
    "audit_deployment": "one row about the database",
    "ledger_auditseal": "digests over the events of all clinics",
    "opening_setuplink": "one row about the database, from before it has a clinic",
    "patients_diagnosiscode": "a public table of codes",
}
"""Tables of ours that hold nothing of one clinic's patients, and why each is open."""

PARENTS = ("clinic", "patient", "plan", "visit", "note", "document", "version", "goal", "coverage")
"""Through which foreign key a row belongs to its clinic: the first of these that it has and must have."""


def tables() -> dict[str, str]:
    """Each protected table, and the condition under which a row of it is seen."""
    found: dict[str, str] = {}
    waiting = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("apps.") and model._meta.db_table not in OPEN and model._meta.managed
    ]
    while waiting:
        joined = []
        for model in waiting:
            condition = _condition(model, found)
            if condition:
                found[model._meta.db_table] = condition
                joined.append(model)
        if not joined:
            break
        waiting = [model for model in waiting if model not in joined]
    return found


def undecided() -> list[str]:
    """Tables of ours that neither joined nor are open: somebody has to decide."""
    protected = tables()
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("apps.") and model._meta.db_table not in {*protected, *OPEN}
    )


MAY_SEE = f"current_setting('{SETTING}', true)"
LIST = f"string_to_array(nullif({MAY_SEE}, '{ALL}'), ',')"


def _condition(model, known: dict[str, str]) -> str:
    fields = {field.name: field for field in model._meta.concrete_fields}
    clinic = fields.get("clinic")
    if clinic is not None:
        column, kind = clinic.column, "text" if clinic.get_internal_type() == "CharField" else "uuid"
        seen = f'"{column}" = ANY ({LIST}::{kind}[])'
        if kind == "text" and clinic.blank:
            seen = f"({seen} OR \"{column}\" = '')"  # an event that belongs to no clinic, such as a sign-in
        return seen
    names = [name for name in PARENTS if name in fields]
    if model._meta.auto_created:
        names = [field.name for field in model._meta.concrete_fields if field.is_relation]
    others = [name for name, field in fields.items() if field.is_relation and name not in names]
    for name in [*names, *others]:
        field = fields[name]
        if not field.is_relation or field.null or field.related_model._meta.db_table not in known:
            continue
        parent = field.related_model._meta
        return (
            f'EXISTS (SELECT 1 FROM "{parent.db_table}" parent '  # noqa: S608 - names of our own tables
            f'WHERE parent."{parent.pk.column}" = "{model._meta.db_table}"."{field.column}")'
        )
    return ""


def protect(using: str) -> None:
    """Put the policy on every table that should have it. Run by the owner, after migrate."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, condition in tables().items():
            if table not in present:
                continue
            seen = f"{MAY_SEE} = '{ALL}' OR {condition}"
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
            cursor.execute(f'DROP POLICY IF EXISTS {POLICY} ON "{table}"')
            cursor.execute(f'CREATE POLICY {POLICY} ON "{table}" USING ({seen}) WITH CHECK ({seen})')


# --- Which clinics a connection sees ------------------------------------------------------------------------

is_serving = False
"""Set by config/wsgi.py: a connection of a process that serves sees nothing until a request says whose."""


def starts(sender, connection, **kwargs) -> None:
    """A new connection: everything for what is started by hand, nothing for what serves."""
    if connection.vendor == "postgresql":
        _tell(connection, "" if is_serving else ALL)


def show(clinics: list, using: str = "default") -> None:
    """From now on this connection sees the rows of these clinics and no others."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        _tell(connection, ",".join(sorted(str(clinic) for clinic in clinics)))


def sees_all(using: str = "default") -> bool:
    """Does this connection see the rows of every clinic? What is counted over all of them needs it."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce({MAY_SEE} = '{ALL}', false) OR rolsuper OR rolbypassrls "  # noqa: S608 - our own names
            "FROM pg_roles WHERE rolname = current_user"
        )
        return cursor.fetchone()[0]


def show_nothing(**kwargs) -> None:
    """At the end of a request, so that whoever gets the connection next inherits nothing."""
    connection = connections["default"]
    if connection.vendor != "postgresql" or connection.connection is None or connection.connection.closed:
        return
    try:
        _tell(connection, "" if is_serving else ALL)
    except Error:
        # Django takes such a connection away by itself, and a new one sees nothing until it is told.
        connection.close_if_unusable_or_obsolete()


def _tell(connection, value: str) -> None:
    # Past Django's cursor: this is part of having a connection, and no query of the page that is asked for.
    # What goes wrong is still Django's kind of error, which config/trouble.py knows.
    with connection.wrap_database_errors:
        connection.connection.execute(f"SELECT set_config('{SETTING}', %s, false)", [value])


# --- What is said at start ----------------------------------------------------------------------------------


def check(app_configs, databases, **kwargs) -> list[CheckMessage]:
    """Says at start where the database does not keep clinics apart by itself, and stops where what stands
    between it and us would mix them up.
    """
    said: list[CheckMessage] = [
        Info(f"The database does not protect the record by itself: {words}", hint=HINT, id="midline.I010")
        for using in databases or []
        for words in gaps(using)
    ]
    return said + [
        Stop("A connection to the database sees what another was told.", hint=POOLED, id="midline.E012")
        for using in databases or []
        if is_shared(using)
    ]


HINT = "docs/row-security.md says what that means, and how to have it."
POOLED = "Have PgBouncer pool by session (pool_mode = session): docs/sizing.md says why."
PROBE, TIMES = "midline.probe", 5


def is_shared(using: str) -> bool:
    """Does what one connection is told reach another, as behind a pool that hands them on by transaction?

    Such a pool gives what was used last to whoever asks next, and seldom anything else: so it is tried a few
    times.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return False
    other = connection.copy()
    try:
        with connection.cursor() as tells, other.cursor() as hears:
            for _ in range(TIMES):
                told = uuid.uuid4().hex
                tells.execute("SELECT set_config(%s, %s, false)", [PROBE, told])
                hears.execute("SELECT current_setting(%s, true)", [PROBE])
                if hears.fetchone()[0] == told:
                    return True
    finally:
        other.close()
    return False


def gaps(using: str) -> Iterator[str]:
    connection = connections[using]
    if connection.vendor != "postgresql":
        yield "SQLite has no roles and no policies, so access is decided by the app alone."
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            yield "this role passes every policy and can switch triggers off. Serve as midline_app."
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity, "
            "pg_has_role(current_user, relowner, 'MEMBER'), "
            "EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname = %s) "
            "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND relname = ANY(%s)",
            [POLICY, list(tables())],
        )
        rows = cursor.fetchall()
    if bare := sorted(name for name, forced, _, has_policy in rows if not (forced and has_policy)):
        yield f"no policy keeps clinics apart on {', '.join(bare)}. Migrate as the owner."
    if any(owns for _, _, owns, _ in rows):
        yield "this role owns the tables and can take their policies off. Serve as midline_app."
