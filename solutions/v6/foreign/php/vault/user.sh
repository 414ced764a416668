#!/bin/bash
# Tables and user are made at the first start, so the pages need no right to create anything.
MYSQL_PWD=$(cat /run/secrets/root) mariadb --protocol=socket -uroot companies <<SQL
CREATE TABLE company (
    id INT AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(120) NOT NULL UNIQUE,
    email VARCHAR(120) NOT NULL,
    number VARCHAR(60) NOT NULL,
    website VARCHAR(200) NOT NULL
) CHARACTER SET utf8mb4;
CREATE TABLE seal (
    company INT PRIMARY KEY,
    digest CHAR(64) NOT NULL,
    FOREIGN KEY (company) REFERENCES company (id)
) CHARACTER SET utf8mb4;
CREATE USER 'pages'@'%' IDENTIFIED BY '$(cat /run/secrets/pages)';
GRANT SELECT, INSERT, UPDATE ON companies.* TO 'pages'@'%';
SQL
