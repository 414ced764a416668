#!/bin/bash
# Runs once, when the data folder is still empty.
psql --username postgres --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/web)" <<'SQL'
CREATE ROLE clerk LOGIN PASSWORD :'password';
CREATE DATABASE registry;
REVOKE ALL ON DATABASE registry FROM PUBLIC;
GRANT CONNECT ON DATABASE registry TO clerk;
\connect registry
GRANT USAGE, CREATE ON SCHEMA public TO clerk;
SQL
