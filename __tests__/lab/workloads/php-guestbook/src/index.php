<?php
$base = new PDO('sqlite:/var/www/data/guestbook.sqlite');
$base->exec('CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, text TEXT)');
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
  $base->prepare('INSERT INTO entry (text) VALUES (?)')->execute([$_POST['text'] ?? '']);
}
foreach ($base->query('SELECT text FROM entry ORDER BY id') as $row) {
  echo htmlspecialchars($row['text']), "\n";
}
