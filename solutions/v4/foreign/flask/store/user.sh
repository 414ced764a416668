#!/bin/bash
# Runs once, when the data folder is still empty.
MYSQL_PWD=$(cat /run/secrets/root) mariadb --protocol=socket -uroot <<SQL
CREATE USER 'web'@'%' IDENTIFIED BY '$(cat /run/secrets/web)';
GRANT SELECT, INSERT, UPDATE, CREATE, REFERENCES ON makers.* TO 'web'@'%';
SQL
