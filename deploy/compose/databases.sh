#!/bin/sh
# Run once by the PostgreSQL image: a database for each service, with its two roles. May be run again at any time, as after
# an upgrade: `docker compose exec postgres sh /docker-entrypoint-initdb.d/databases.sh`.
set -eu
for service in signalement orientation cellule notifications; do
  upper=$(echo "$service" | tr '[:lower:]' '[:upper:]')
  psql -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -v name="relais_$service" \
    -v password="$(printenv "POSTGRES_PASSWORD_$upper")" -v owner_password="$(printenv "POSTGRES_OWNER_PASSWORD_$upper")" \
    -f /etc/relais/databases.sql
done
