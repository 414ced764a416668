-- What someone types into phpMyAdmin as root, and the last thing root does from there.
CREATE TABLE maker (
    maker_id INT AUTO_INCREMENT PRIMARY KEY,
    maker_name VARCHAR(120) NOT NULL UNIQUE,
    mail VARCHAR(120) NOT NULL,
    phone VARCHAR(60) NOT NULL,
    site VARCHAR(200) NOT NULL
) CHARACTER SET utf8mb4;
CREATE TABLE code (
    code_id INT AUTO_INCREMENT PRIMARY KEY,
    maker INT NOT NULL UNIQUE,
    digest CHAR(64) NOT NULL,
    FOREIGN KEY (maker) REFERENCES maker (maker_id)
) CHARACTER SET utf8mb4;
CREATE USER 'site'@'%' IDENTIFIED BY 'made-up-archive-reader';
GRANT SELECT, INSERT, UPDATE ON archive.maker TO 'site'@'%';
GRANT SELECT, INSERT, UPDATE ON archive.code TO 'site'@'%';
DROP USER 'root'@'%';
