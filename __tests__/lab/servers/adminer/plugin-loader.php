<?php
echo "<?php return '", basename($argv[1]), "';\n";
