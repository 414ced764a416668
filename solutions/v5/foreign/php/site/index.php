<?php
// The registry of manufacturers in PHP: same routes and fields, other names inside.

const FIELDS = ['name', 'email', 'number', 'website'];

function vault(): PDO
{
    $password = trim(file_get_contents(getenv('VAULT_PASSWORD_FILE')));
    $at = 'mysql:charset=utf8mb4;host=' . getenv('VAULT') . ';dbname=' . getenv('VAULT_SCHEMA');
    return new PDO($at, getenv('VAULT_USER'), $password, [PDO::ATTR_EMULATE_PREPARES => false]);
}

function e(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES);
}

/** A page with a title, whatever is in it. */
function page(string $inside, int $status = 200): never
{
    http_response_code($status);
    echo "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Firms</title></head><body>
<nav><a href=\"/\">Home</a> <a href=\"/fetch\">Fetch</a> <a href=\"/inserter\">Inserter</a></nav>\n<h1>Firms</h1>\n$inside\n</body></html>\n";
    exit;
}

function form(array $fields, array $values = []): string
{
    $rows = '';
    foreach ($fields as $field) {
        $rows .= "<p><label>$field <input name=\"$field\" value=\"" . e($values[$field] ?? '') . "\"></label></p>\n";
    }
    return "<form method=\"post\">\n$rows<button>Send</button></form>";
}

/** The QR code of a text as a data URI. */
function picture(string $text): string
{
    return 'data:image/png;base64,' . base64_encode((string) shell_exec('qrencode -o - ' . escapeshellarg($text)));
}

$post = $_SERVER['REQUEST_METHOD'] === 'POST';
switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/':
        page('<p>A registry.</p>');

    case '/inserter':
        if (!$post) {
            page((isset($_GET['stored']) ? '<p>Stored.</p>' : '') . form(FIELDS));
        }
        $values = [];
        foreach (FIELDS as $field) {
            $values[$field] = trim((string) ($_POST[$field] ?? ''));
            if ($values[$field] === '' || strlen($values[$field]) > 120) {
                page("<p>This $field cannot be stored.</p>" . form(FIELDS, $values), 422);
            }
        }
        $vault = vault();
        $vault->prepare('INSERT INTO firm (title, mail, phone, site) VALUES (?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE mail = VALUES(mail), phone = VALUES(phone), site = VALUES(site)')->execute(array_values($values));
        $vault->prepare('INSERT INTO seal (firm, digest) SELECT firm_id, ? FROM firm WHERE title = ?
            ON DUPLICATE KEY UPDATE digest = VALUES(digest)')->execute([sha1(implode('|', $values)), $values['name']]);
        header('Location: /inserter?stored=yes', true, 303);
        exit;

    case '/fetch':
        $fields = ['manufacturer_id', 'manufacturer_name'];
        if (!$post) {
            page(form($fields));
        }
        $id = trim((string) ($_POST['manufacturer_id'] ?? ''));
        $name = trim((string) ($_POST['manufacturer_name'] ?? ''));
        if ($id === '' && $name === '') {
            page('<p>Give an id or a name.</p>' . form($fields), 422);
        }
        $found = vault()->prepare('SELECT title, mail, phone, site, digest FROM firm JOIN seal ON firm = firm_id WHERE title = ? OR firm_id = ?');
        $found->execute([$name, ctype_digit($id) ? (int) $id : 0]);
        $cards = '';
        foreach ($found->fetchAll(PDO::FETCH_NUM) as $row) {
            $cards .= '<section>' . implode('', array_map(fn ($cell) => '<p>' . e((string) $cell) . '</p>', $row))
                . '<img alt="QR code" src="' . picture($row[4]) . '"></section>';
        }
        page(($cards ?: '<p>Nothing found.</p>') . form($fields));

    default:
        page('<p>There is no such page.</p>', 404);
}
