-- since v3
CREATE TABLE IF NOT EXISTS qrcode (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    manufacturer_id BIGINT UNSIGNED NOT NULL,
    hash CHAR(64) NOT NULL,
    PRIMARY KEY (id),
    -- region v3-foreign-key
    -- starter:     -- TODO(v3-foreign-key): tie manufacturer_id to the id of a manufacturer. A table that exists keeps its shape.
    FOREIGN KEY (manufacturer_id) REFERENCES manufacturers (id) ON DELETE CASCADE,
    -- endregion v3-foreign-key
    UNIQUE KEY one_code_per_manufacturer (manufacturer_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
