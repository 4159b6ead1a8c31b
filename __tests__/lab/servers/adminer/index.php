<?php
// The server that the login suggests.
if (!isset($_GET['server']) && getenv('ADMINER_DEFAULT_SERVER') !== false && !isset($_GET['file'])) {
  $_GET['server'] = getenv('ADMINER_DEFAULT_SERVER');
}
include __DIR__ . '/adminer.php';
