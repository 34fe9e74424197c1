#!/bin/sh
# Two roles: the owner migrates and is used by nobody else; the app's role serves, and may not touch what is signed
# (grants.sql). Run by PostgreSQL's image on an empty data folder, and by bin/postgres on a server of your own;
# again, it only sets the passwords anew.
set -eu
: "${OWNER_PASSWORD:?}" "${APP_PASSWORD:?}"

# psql quotes the passwords itself (:'name'), so any character may be in them.
psql -v ON_ERROR_STOP=1 -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" --quiet \
    ${POSTGRES_USER:+--username "$POSTGRES_USER"} --dbname "$POSTGRES_DB" <<'SQL'
SELECT 'CREATE ROLE midline_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'midline_owner') \gexec
SELECT 'CREATE ROLE midline_app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'midline_app') \gexec
ALTER ROLE midline_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE midline_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
SELECT format('ALTER DATABASE %I OWNER TO midline_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO midline_app', current_database()) \gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO midline_owner;
GRANT USAGE ON SCHEMA public TO midline_app;
SQL
