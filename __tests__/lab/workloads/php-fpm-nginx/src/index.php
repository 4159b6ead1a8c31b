<?php
// A counter of this visitor in its session, and files that are sent.
session_save_path('/tmp');
session_start();
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
if (isset($_FILES['file'])) {
  $target = sys_get_temp_dir() . '/' . basename($_FILES['file']['name']);
  echo move_uploaded_file($_FILES['file']['tmp_name'], $target) ? 'stored ' . filesize($target) . " bytes\n" : "failed\n";
  exit;
}
printf("visits %d\n", $_SESSION['visits']);
