#!/bin/sh
# Run once by PostgreSQL's image, on an empty data folder. Two roles: the owner migrates and is used by nobody
# else; the app's role serves, and may not touch what is signed (grants.sql).
set -eu
: "${OWNER_PASSWORD:?}" "${APP_PASSWORD:?}"

# psql quotes the passwords itself (:'name'), so any character may be in them.
psql -v ON_ERROR_STOP=1 -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE midline_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE midline_app LOGIN PASSWORD :'app_password';
SELECT format('ALTER DATABASE %I OWNER TO midline_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO midline_app', current_database()) \gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO midline_owner;
GRANT USAGE ON SCHEMA public TO midline_app;
SQL
