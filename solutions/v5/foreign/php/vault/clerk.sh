#!/bin/bash
# Tables are made here, so that the site's user need not create any.
MYSQL_PWD=$(cat /run/secrets/root) mariadb --protocol=socket -uroot shop <<SQL
CREATE TABLE firm (
    firm_id INT AUTO_INCREMENT PRIMARY KEY,
    title VARCHAR(120) NOT NULL UNIQUE,
    mail VARCHAR(120) NOT NULL,
    phone VARCHAR(60) NOT NULL,
    site VARCHAR(200) NOT NULL
) CHARACTER SET utf8mb4;
CREATE TABLE seal (
    firm INT NOT NULL PRIMARY KEY,
    digest CHAR(40) NOT NULL,
    FOREIGN KEY (firm) REFERENCES firm (firm_id)
) CHARACTER SET utf8mb4;
CREATE USER 'clerk'@'%' IDENTIFIED BY '$(cat /run/secrets/clerk)';
GRANT SELECT, INSERT, UPDATE ON shop.* TO 'clerk'@'%';
SQL
