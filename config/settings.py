"""Every setting, read from the environment once.

Production is the default: without DEBUG, Midline refuses to start until it has been told its secret and its
names. What each variable means, and which are needed, is written beside it here and nowhere else.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

BASE_DIR = Path(__file__).resolve().parent.parent

# What a run leaves behind (database, collected files, the demo's secret) lives here and is never committed.
VAR_DIR = BASE_DIR / "var"

env = Env()

TESTING = "pytest" in sys.modules
# Collecting assets serves nobody, and an image is built before it has a secret.
BUILDING = len(sys.argv) > 1 and sys.argv[1] == "collectstatic"


def flag(name: str, *, default: bool = False) -> bool:
    # "DEBUG=" in a compose file means "not set", not "a value that I cannot read".
    if not os.environ.get(name, "").strip():
        return default
    try:
        return env.bool(name)
    except EnvError as error:
        raise ImproperlyConfigured(f"{name} must be on or off. It is {os.environ[name]!r}.") from error


# DEBUG=on shows tracebacks and drops HTTPS. MIDLINE_DEMO=on is the made-up clinic: the only place where the
# demo command runs and the clock may be set.
DEBUG = flag("DEBUG") or TESTING
DEMO = flag("MIDLINE_DEMO")
SECURE = not DEBUG

# ONLY_THIS_MACHINE=on serves browsers on this machine and no others: nothing travels, so there is no HTTPS to
# ask for. All else is as in production. bin/start sets it when it is given no name.
ONLY_THIS_MACHINE = flag("ONLY_THIS_MACHINE")
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}

# --- Who we are -----------------------------------------------------------------------------------------

# Keys that have been printed somewhere: in this repository, in a guide, in a generated project.
KNOWN_SECRET_KEYS = {
    "only-for-development-never-in-a-clinic",
    "change-me",
    "changeme",
    "secret",
    "please-set-me",
}
DEVELOPMENT_SECRET_KEY = "only-for-development-never-in-a-clinic"  # noqa: S105 - refused in production below

SECRET_KEY = env.str("SECRET_KEY", "").strip()
# Keys that were replaced, separated by commas: what was made with them still works. docs/cryptography.md.
SECRET_KEY_FALLBACKS = [key.strip() for key in env.str("SECRET_KEY_FALLBACKS", "").split(",") if key.strip()]
ALLOWED_HOSTS = [host.strip() for host in env.str("ALLOWED_HOSTS", "").split(",") if host.strip()]

if ONLY_THIS_MACHINE:
    ALLOWED_HOSTS = ALLOWED_HOSTS or sorted(LOOPBACK)
    if not set(ALLOWED_HOSTS) <= LOOPBACK:
        raise ImproperlyConfigured(
            "Midline will not start: with ONLY_THIS_MACHINE it answers to localhost and to no other name, "
            "and ALLOWED_HOSTS names another. Without HTTPS nothing may travel."
        )

if SECURE and not BUILDING:
    if not SECRET_KEY:
        raise ImproperlyConfigured(
            "Midline will not start: SECRET_KEY is not set. Set it to at least 50 random characters, for "
            'example from: python3 -c "import secrets; print(secrets.token_urlsafe(64))". '
            "To try Midline on your own machine, run bin/demo instead."
        )
    if SECRET_KEY.lower() in KNOWN_SECRET_KEYS or SECRET_KEY.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            "Midline will not start: SECRET_KEY is an example that everybody knows. Set it to at least 50 "
            "random characters of your own."
        )
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured(
            f"Midline will not start: SECRET_KEY has {len(SECRET_KEY)} characters. It needs at least 50, "
            "and they must be random."
        )
    if any(key.lower() in KNOWN_SECRET_KEYS or len(key) < 50 for key in SECRET_KEY_FALLBACKS):
        raise ImproperlyConfigured(
            "Midline will not start: a key in SECRET_KEY_FALLBACKS is short, or an example that everybody "
            "knows. Whoever has it could sign in as anybody."
        )
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured(
            "Midline will not start: ALLOWED_HOSTS is not set. Set it to the names that browsers use for "
            "this server, separated by commas, for example: ALLOWED_HOSTS=notes.example.org"
        )
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured(
            "Midline will not start: ALLOWED_HOSTS is *, which lets anybody's site pass for yours. "
            "Name the hosts."
        )

SECRET_KEY = SECRET_KEY or DEVELOPMENT_SECRET_KEY
if DEBUG and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] + (["testserver"] if TESTING else [])

# --- What it is made of ---------------------------------------------------------------------------------

# There is no django.contrib.admin: it writes rows past the actions, and so past the audit trail.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",  # so that development serves assets as production does
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "apps.audit",
    "apps.accounts",
    "apps.patients",
    "apps.episodes",
    "apps.visits",
    "apps.ledger",
    "apps.notes",
    "apps.exports",
    "apps.backup",
    "apps.exports.packets",
    "apps.intake",
    "apps.retention",
    "apps.review",
    "apps.help",
    "apps.home",
    "apps.inbox",
    "apps.opening",
    "apps.demo",
]

MIDDLEWARE = [
    "config.measured.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.headers.SecureHeaders",
    "config.headers.PagesAndForms",
    "config.door.Door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.Presence",
    "apps.accounts.middleware.CurrentClinic",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.SignedOut",
    "apps.accounts.middleware.SecondFactor",
    "config.trouble.Trouble",
    # Innermost, so that it knows the answer of the view itself, and who asked.
    "apps.patients.trail.Trail",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# Django caches templates when not in debug, so production needs no loader of its own.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.accounts.context.deployment",
                "apps.accounts.context.surroundings",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Where it is kept -----------------------------------------------------------------------------------

# DATABASE_URL=postgres://user:password@host/name moves to PostgreSQL with no other change.
DATABASE_URL = env.str("DATABASE_URL", "").strip()

# IMMEDIATE takes the write lock at once; DEFERRED failed half the transactions that ran together. FULL waits
# for the disk, because a saved note must survive a power cut. With recursive_triggers off, INSERT OR REPLACE
# would walk past the triggers that guard the ledger.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;"
    ),
}

# Seconds. Opening SQLite's file anew reads its whole schema, 4 ms of every request.
KEPT_OPEN = {"CONN_MAX_AGE": 60}


def database() -> dict[str, Any]:
    if not DATABASE_URL:
        VAR_DIR.mkdir(exist_ok=True)
        # The demo keeps to its own file, so that resetting it can never touch a clinic's.
        file = "demo.sqlite3" if DEMO else "midline.sqlite3"
        chosen: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / file}
    else:
        try:
            chosen = env.dj_db_url("DATABASE_URL")
        except Exception as error:
            # The value itself holds a password, so the sentence does not repeat it.
            raise ImproperlyConfigured(
                "DATABASE_URL cannot be read. It looks like postgres://user:password@host:5432/midline"
            ) from error
    if chosen["ENGINE"].endswith("sqlite3"):
        # Tests use a file too: in memory, every thread of the live server would share one connection, and
        # with it each other's transactions.
        test_file = Path(tempfile.gettempdir()) / f"midline-test-{os.getpid()}.sqlite3"
        return {**chosen, **KEPT_OPEN, "OPTIONS": SQLITE_OPTIONS, "TEST": {"NAME": test_file}}
    if not chosen["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL or an SQLite database.")
    return {**chosen, **KEPT_OPEN, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": database()}
# --- Who can witness the record ---------------------------------------------------------------------------

# The file with the key that signs checkpoints of the ledger, readable by whoever runs checkpoint_ledger and
# not by the web server; and the file that they are also written to, best on another machine: docs/ledger.md.
LEDGER_KEY_FILE = env.str("LEDGER_KEY_FILE", "").strip()
LEDGER_CHECKPOINT_FILE = env.str("LEDGER_CHECKPOINT_FILE", "").strip()

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign-in"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    # A password that takes 100 ms to check is right for a clinic and wrong for a thousand tests.
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")

# Length and a list of the stolen ones; rules about symbols make passwords worse, not better.
SHORTEST_PASSPHRASE = 15  # characters
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": SHORTEST_PASSPHRASE},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "apps.accounts.passphrases.NotOnlyKnownWords"},
]

# Outside the demo everybody has a second factor: without one, the only pages that open are those that add it.
# In production this cannot be switched off; a developer can switch it on.
SECOND_FACTOR_REQUIRED = SECURE or flag("SECOND_FACTOR_REQUIRED")

# Everybody chooses their own passphrase, by a link that ends after this: apps/accounts/invitations.py.
PASSWORD_RESET_TIMEOUT = 72 * 60 * 60

# With EMAIL_HOST such links are sent by mail as well, and who chose it is told that something waits in their
# inbox; nothing else ever is. See docs/people.md and docs/inbox.md.
EMAIL_HOST = env.str("EMAIL_HOST", "").strip()
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.str("EMAIL_USER", "").strip(), env.str("EMAIL_PASSWORD", "")
# PUBLIC_ADDRESS=https://notes.example.org is where a mail and the link to the set-up page lead: what writes
# them was asked by no browser that could tell it. Without it, the first name of ALLOWED_HOSTS.
PUBLIC_ADDRESS = env.str("PUBLIC_ADDRESS", "").strip().rstrip("/")
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "").strip()
if EMAIL_HOST and not DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("Midline will not start: EMAIL_HOST also needs EMAIL_FROM.")

# allauth brings the ceremonies (authenticator apps, recovery codes, passkeys, single sign-on). Its pages are
# ours, few, and listed in apps/accounts/urls.py; nobody signs up, and there is no mail to confirm.
ACCOUNT_ADAPTER = "apps.accounts.adapter.Account"
MFA_ADAPTER = "apps.accounts.adapter.Factors"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Limits of our own stand in apps/accounts/limits.py: one place, kept in the database, atomic.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Midline"
MFA_TOTP_TOLERANCE = 1  # half a minute either way, for clocks that are off; a code still works once
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or ONLY_THIS_MACHINE

# Single sign-on through the clinic's directory (OpenID Connect), when OIDC_ISSUER, OIDC_CLIENT_ID and
# OIDC_CLIENT_SECRET are set: docs/single-sign-on.md. OIDC_NAME stands on the button. OIDC_SECOND_FACTOR=on
# when the directory itself asks everybody for a second factor; OIDC_EMAIL_TRUSTED=on when it does not say
# which addresses it has verified, and nobody can choose their own there.
OIDC = {name: env.str(f"OIDC_{name}", "").strip() for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")}
OIDC_SECOND_FACTOR, OIDC_EMAIL_TRUSTED = flag("OIDC_SECOND_FACTOR"), flag("OIDC_EMAIL_TRUSTED")
OIDC_NAME = env.str("OIDC_NAME", "").strip() or "your clinic’s account" if all(OIDC.values()) else ""
if any(OIDC.values()) and not OIDC_NAME:
    missing = ", ".join(f"OIDC_{name}" for name, value in OIDC.items() if not value)
    raise ImproperlyConfigured(f"Midline will not start: single sign-on also needs {missing}.")
if OIDC_NAME and SECURE and not OIDC["ISSUER"].startswith("https://"):
    raise ImproperlyConfigured("Midline will not start: OIDC_ISSUER must start with https://")
SOCIALACCOUNT_ADAPTER = "apps.accounts.single_sign_on.Directory"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "directory",
                "name": OIDC_NAME,
                "client_id": OIDC["CLIENT_ID"],
                "secret": OIDC["CLIENT_SECRET"],
                "settings": {"server_url": OIDC["ISSUER"].rstrip("/")},
            }
        ],
    }
}
if TESTING:
    INSTALLED_APPS.append("allauth.idp.oidc")  # the directory that single sign-on is tried against

# Shared by every process, because a code that was used in one must be refused in the others.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Sessions live in the database, so that ending one ends it on every process at once.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True  # pages send the token from the form, never from the cookie
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.refusals.form_has_expired"

# --- HTTPS ----------------------------------------------------------------------------------------------

HTTPS = SECURE and not ONLY_THIS_MACHINE

# Browsers accept a __Host- cookie only over HTTPS, for this host alone: a neighbour cannot plant one.
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-midline" if HTTPS else "midline"
CSRF_COOKIE_NAME = "__Host-midline-csrf" if HTTPS else "midline-csrf"

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# BEHIND_PROXY=on when a proxy ends TLS in front of Midline. It must overwrite X-Forwarded-Proto on every
# request; if it passes the header through, anybody can claim to have come by HTTPS. Of X-Forwarded-For only
# the last entry is believed, the one that this proxy wrote; without a proxy the header means nothing.
BEHIND_PROXY = flag("BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- What it accepts ------------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A long note with a dozen blocks has many small fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# --- Language and time ----------------------------------------------------------------------------------

# Moments are stored in UTC; a page shows them in the clinic's zone.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"

# --- Assets ---------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
# What was uploaded. MEDIA_DIR names another folder; the demo keeps to its own.
MEDIA_ROOT = Path(env.str("MEDIA_DIR", "").strip() or VAR_DIR / ("demo-media" if DEMO else "media"))

# --- Work that takes longer than a page -----------------------------------------------------------------

# Kept in the database and done by `manage.py db_worker`, which bin/work keeps running; bin/serve and bin/demo
# start that. Tests do such work at once.
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"
        if TESTING
        else "django_tasks_db.DatabaseBackend"
    }
}

# The PDFs of signed documents, made once and named by their own hash. Nothing serves the folder: a view reads
# each file, for somebody who may. DOCUMENTS_DIR names another folder; the demo keeps to its own.
DOCUMENTS_ROOT = Path(
    env.str("DOCUMENTS_DIR", "").strip() or VAR_DIR / ("demo-documents" if DEMO else "documents")
)
# Whether signing asks the worker for the PDF at once. Where it does not, the first reader does.
RENDER_WHEN_SIGNED = not TESTING

# The PKCS#12 file with the key and certificate by which PDFs are signed, and its passphrase. Without one they
# are not signed; the demo makes one for itself. See docs/documents.md.
PDF_CERTIFICATE_FILE = env.str("PDF_CERTIFICATE_FILE", "").strip()
PDF_CERTIFICATE_PASSPHRASE = env.str("PDF_CERTIFICATE_PASSPHRASE", "")

# --- How it stops ---------------------------------------------------------------------------------------

# A file that bin/serve makes when it is told to stop; from then on /readyz says so.
STOPPING_FILE = env.str("STOPPING_FILE", "").strip()

# --- What it says ---------------------------------------------------------------------------------------

# To the console, for the machine's own log. No request bodies, no query values, no SQL parameters: a log is
# read by people who may not read charts.
# LOG_FORMAT=json writes an object a line, for a program that collects them; LOG_REQUESTS=on a line a request.
LOG_FORMAT = env.str("LOG_FORMAT", "").strip() or "line"
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT must be line or json. It is {LOG_FORMAT!r}.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            # While developing, the message of an exception is worth more than the privacy of made-up people.
            "()": "logging.Formatter" if DEBUG else "config.logs.WithoutValues",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "config.logs.Json"},
    },
    "filters": {"request": {"()": "config.logs.WithRequest"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # At WARNING it repeats an address that nobody has, and people type names into addresses.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # At DEBUG it prints parameters, and those are words about patients.
        "django.db.backends": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # What a task was called with are ids; its failure is logged by apps/exports/work.py.
        "django_tasks": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django_tasks_db": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "midline.requests": {
            "handlers": ["console"],
            "level": "INFO" if flag("LOG_REQUESTS") else "WARNING",
            "propagate": False,
        },
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # PDF layout warnings quote the note.
        "weasyprint": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "fontTools": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
