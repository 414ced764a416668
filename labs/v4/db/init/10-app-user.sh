#!/bin/bash
# The database runs this once, when its data folder is still empty.
# TODO(v4-own-user): create the user of the application, with the rights it needs on its own schema and no others.
# `MYSQL_PWD=$(cat /run/secrets/root_password) mariadb --protocol=socket -uroot` takes SQL from its standard input.
