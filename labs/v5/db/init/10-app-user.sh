#!/bin/bash
# The database runs this once, when its data folder is still empty.
# The password files are read directly: some versions of the image clear the variable that names root's.
MYSQL_PWD=$(cat /run/secrets/root_password) mariadb --protocol=socket -uroot <<SQL
CREATE USER 'inventory_app'@'%' IDENTIFIED BY '$(cat /run/secrets/app_password)';
GRANT SELECT, INSERT, UPDATE, CREATE, REFERENCES ON \`inventory\`.* TO 'inventory_app'@'%';
SQL
