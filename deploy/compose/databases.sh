#!/bin/sh
# Run once by the PostgreSQL image: a role and a database for each service, which no other role may enter.
set -eu
for service in signalement orientation cellule notifications; do
  password=$(printenv "POSTGRES_PASSWORD_$(echo "$service" | tr '[:lower:]' '[:upper:]')")
  psql -v ON_ERROR_STOP=1 -v name="relais_$service" -v password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
