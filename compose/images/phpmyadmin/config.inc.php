<?php
// Servers and sign-in from the environment:
//   PMA_HOST or PMA_HOSTS, PMA_PORT(S), PMA_VERBOSE(S), PMA_USER, PMA_PASSWORD, PMA_ARBITRARY, PMA_ABSOLUTE_URI,
//   PMA_QUERYHISTORYDB, PMA_QUERYHISTORYMAX; each may be given as NAME_FILE.

function labcheck_setting(string $name, string $default = ''): string
{
    $file = getenv($name . '_FILE');
    if ($file) {
        return trim((string) file_get_contents($file));
    }
    $value = getenv($name);

    return $value === false || $value === '' ? $default : $value;
}

/** @return string[] */
function labcheck_list(string $one, string $many): array
{
    $text = labcheck_setting($many, labcheck_setting($one));

    return $text === '' ? [] : array_map('trim', explode(',', $text));
}

$cfg['blowfish_secret'] = base64_decode(trim((string) file_get_contents('/var/lib/phpmyadmin/blowfish')));
$cfg['TempDir'] = '/var/lib/phpmyadmin/tmp';
$cfg['VersionCheck'] = false;
$cfg['AllowArbitraryServer'] = labcheck_setting('PMA_ARBITRARY') === '1';
$cfg['QueryHistoryDB'] = in_array(labcheck_setting('PMA_QUERYHISTORYDB'), ['1', 'true'], true);
$cfg['QueryHistoryMax'] = (int) labcheck_setting('PMA_QUERYHISTORYMAX', '25');
if (labcheck_setting('PMA_ABSOLUTE_URI') !== '') {
    $cfg['PmaAbsoluteUri'] = labcheck_setting('PMA_ABSOLUTE_URI');
}

$ports = labcheck_list('PMA_PORT', 'PMA_PORTS');
$names = labcheck_list('PMA_VERBOSE', 'PMA_VERBOSES');
foreach (labcheck_list('PMA_HOST', 'PMA_HOSTS') ?: ['db'] as $index => $host) {
    $server = [
        'host' => $host,
        'port' => $ports[$index] ?? ($ports[0] ?? '3306'),
        'verbose' => $names[$index] ?? '',
        'auth_type' => 'cookie',
        'compress' => false,
        'AllowNoPassword' => true,
    ];
    if (labcheck_setting('PMA_USER') !== '') {
        $server['auth_type'] = 'config';
        $server['user'] = labcheck_setting('PMA_USER');
        $server['password'] = labcheck_setting('PMA_PASSWORD');
    }
    $cfg['Servers'][$index + 1] = $server;
}

if (file_exists('/etc/phpmyadmin/config.user.inc.php')) {
    include '/etc/phpmyadmin/config.user.inc.php';
}
