#!/bin/bash
# The database runs this once, when its data folder is still empty.
# region v4-own-user
# starter: # TODO(v4-own-user): create the user of the application, with the rights it needs on its own schema and no others.
# starter: # `MYSQL_PWD=$(cat /run/secrets/root_password) mariadb --protocol=socket -uroot` takes SQL from its standard input.
# The password files are read directly: some versions of the image clear the variable that names root's.
MYSQL_PWD=$(cat /run/secrets/root_password) mariadb --protocol=socket -uroot <<SQL
CREATE USER 'inventory_app'@'%' IDENTIFIED BY '$(cat /run/secrets/app_password)';
GRANT SELECT, INSERT, UPDATE, CREATE, REFERENCES ON \`inventory\`.* TO 'inventory_app'@'%';
SQL
# endregion v4-own-user
