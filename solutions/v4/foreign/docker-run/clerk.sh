#!/bin/bash
# The underscore of the schema's name is escaped: in a GRANT it would stand for any character.
MYSQL_PWD=$(cat /run/secrets/root) mariadb --protocol=socket -uroot <<SQL
CREATE USER 'clerk'@'%' IDENTIFIED BY '$(cat /run/secrets/clerk)';
GRANT SELECT, INSERT, UPDATE, CREATE, REFERENCES ON \`shop\_ledger\`.* TO 'clerk'@'%';
SQL
