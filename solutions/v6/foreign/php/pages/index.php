<?php
// The registry in one file; every request has a connection of its own.

declare(strict_types=1);

require_once 'Bacon/BaconQrCode/autoload.php';

use BaconQrCode\Renderer\Image\SvgImageBackEnd;
use BaconQrCode\Renderer\ImageRenderer;
use BaconQrCode\Renderer\RendererStyle\RendererStyle;
use BaconQrCode\Writer;

const FIELDS = ['name', 'email', 'number', 'website'];
const QUESTION = ['manufacturer_id', 'manufacturer_name'];

function companies(): PDO
{
    $password = trim(file_get_contents('/run/secrets/pages'));
    $options = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => false];
    return new PDO('mysql:host=vault;dbname=companies;charset=utf8mb4', 'pages', $password, $options);
}

function page(string $text, int $status = 200, array $fields = [], array $rows = []): void
{
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    $safe = fn (string $value): string => htmlspecialchars($value, ENT_QUOTES);
    $code = new Writer(new ImageRenderer(new RendererStyle(240), new SvgImageBackEnd()));
    echo '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Companies</title></head><body>';
    echo '<nav><a href="/">Home</a> <a href="/fetch">Fetch</a> <a href="/inserter">Inserter</a></nav><h1>Companies</h1>';
    echo '<p>', $safe($text), '</p>';
    foreach ($rows as $row) {
        echo '<h2>', $safe($row['name']), '</h2><p>', $safe($row['email']), ' ', $safe($row['number']), ' ', $safe($row['website']);
        echo '</p><p>', $safe($row['digest']), '</p><img alt="QR code" src="data:image/svg+xml;base64,';
        echo base64_encode($code->writeString($row['digest'])), '">';
    }
    if ($fields) {
        echo '<form method="post">';
        foreach ($fields as $field) {
            echo '<p><label>', $field, ' <input name="', $field, '"></label></p>';
        }
        echo '<button>Send</button></form>';
    }
    echo '</body></html>';
}

function insert(): void
{
    $values = array_map(fn (string $field): string => trim((string) ($_POST[$field] ?? '')), FIELDS);
    if (in_array('', $values, true)) {
        page('Every field is needed.', 422, FIELDS);
        return;
    }
    $db = companies();
    $db->beginTransaction();
    $db->prepare('INSERT INTO company (name, email, number, website) VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE
        email = VALUES(email), number = VALUES(number), website = VALUES(website)')->execute($values);
    $db->prepare('INSERT INTO seal (company, digest) SELECT id, ? FROM company WHERE name = ?
        ON DUPLICATE KEY UPDATE digest = VALUES(digest)')->execute([hash('sha256', implode('|', $values)), $values[0]]);
    $db->commit();
    header('Location: /inserter?stored=yes', true, 303);
}

function look(): void
{
    [$number, $name] = array_map(fn (string $field): string => trim((string) ($_POST[$field] ?? '')), QUESTION);
    if ($number === '' && $name === '') {
        page('Give an id or a name.', 422, QUESTION);
        return;
    }
    $found = companies()->prepare('SELECT name, email, number, website, digest FROM company JOIN seal ON company = id
        WHERE name = ? OR id = ?');
    $found->execute([$name, ctype_digit($number) ? (int) $number : 0]);
    $rows = $found->fetchAll(PDO::FETCH_ASSOC);
    page($rows ? 'Found.' : 'Nothing found.', 200, QUESTION, $rows);
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
match ([$_SERVER['REQUEST_METHOD'], $path]) {
    ['GET', '/'] => page('Companies and their seals.'),
    ['GET', '/inserter'] => page(isset($_GET['stored']) ? 'Stored.' : 'Store one.', 200, FIELDS),
    ['POST', '/inserter'] => insert(),
    ['GET', '/fetch'] => page('Look one up.', 200, QUESTION),
    ['POST', '/fetch'] => look(),
    default => page('There is no such page.', 404),
};
