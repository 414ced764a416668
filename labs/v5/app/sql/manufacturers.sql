CREATE TABLE IF NOT EXISTS manufacturers (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    name VARCHAR(100) NOT NULL,
    email VARCHAR(254) NOT NULL,
    number VARCHAR(40) NOT NULL,
    website VARCHAR(200) NOT NULL,
    hash CHAR(64) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY one_row_per_name (name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
