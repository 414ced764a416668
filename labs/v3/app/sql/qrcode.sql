CREATE TABLE IF NOT EXISTS qrcode (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    manufacturer_id BIGINT UNSIGNED NOT NULL,
    hash CHAR(64) NOT NULL,
    PRIMARY KEY (id),
    -- TODO(v3-foreign-key): tie manufacturer_id to the id of a manufacturer. A table that exists keeps its shape.
    UNIQUE KEY one_code_per_manufacturer (manufacturer_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
