CREATE TABLE IF NOT EXISTS qrcode (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    manufacturer_id BIGINT UNSIGNED NOT NULL,
    hash CHAR(64) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (manufacturer_id) REFERENCES manufacturers (id) ON DELETE CASCADE,
    UNIQUE KEY one_code_per_manufacturer (manufacturer_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
