-- A service's database and its two roles, for psql connected as a superuser, with the variables name, password and
-- owner_password. May be run again at any time: what an older version left is brought to this.
--   NAME_owner      owns the database and all that is in it; migrations run as it, and nothing else does
--   NAME            the service's processes: owns nothing, and passes by row-level security
--   relais_systeme  who may see every row: a process says so by `SET ROLE`, and never has it by default
\set owner :name _owner
SELECT 'CREATE ROLE relais_systeme' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'relais_systeme') \gexec
SELECT format('CREATE ROLE %I', role) FROM unnest(ARRAY[:'name', :'owner']) AS role
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE relais_systeme NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
ALTER ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
GRANT relais_systeme TO :"name" WITH INHERIT FALSE, SET TRUE;
-- Row-level security is forced upon the owner too; a migration that changes rows must find them.
GRANT relais_systeme TO :"owner" WITH INHERIT TRUE;
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
ALTER DATABASE :"name" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO :"name";
\connect :"name"
-- Before there was an owner, the service's role owned all.
REASSIGN OWNED BY :"name" TO :"owner";
GRANT USAGE ON SCHEMA public TO :"name", relais_systeme;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"name", relais_systeme;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"name", relais_systeme;
