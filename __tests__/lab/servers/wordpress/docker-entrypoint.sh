#!/usr/bin/env bash
set -Eeuo pipefail
case "$1" in
  apache2* | php-fpm)
    [ "$(id -u)" = 0 ] && user=www-data group=www-data || { user=$(id -u); group=$(id -g); }
    # The first start with an empty web root: a copy of WordPress.
    if [ ! -e index.php ] && [ ! -e wp-includes/version.php ]; then
      # A folder that the engine made is root's.
      if [ "$(id -u)" = 0 ] && [ "$(stat -c '%u:%g' .)" = 0:0 ]; then
        chown "$user:$group" .
      fi
      echo "WordPress not found in $PWD - copying now..." >&2
      archive=(--create --file - --directory /usr/src/wordpress --owner "$user" --group "$group")
      unpack=(--extract --file -)
      # Another user than root can't set the times of a folder that isn't its own.
      [ "$user" = www-data ] || unpack+=(--no-overwrite-dir)
      # What the volume already has in wp-content stays.
      for content in /usr/src/wordpress/wp-content/*/*/; do
        content=${content%/}
        [ -d "$content" ] || continue
        path=${content#/usr/src/wordpress/}
        [ ! -e "$PWD/$path" ] || archive+=(--exclude "./$path")
      done
      tar "${archive[@]}" . | tar "${unpack[@]}"
      echo "Complete! WordPress has been successfully copied to $PWD" >&2
    fi
    if [ ! -s wp-config.php ] && [ -n "${!WORDPRESS_*}" ]; then
      # Salts of its own in place of the sample's.
      awk '/put your unique phrase here/ {
        "head -c1M /dev/urandom | sha1sum | cut -d\\  -f1" | getline salt
        close("head -c1M /dev/urandom | sha1sum | cut -d\\  -f1")
        gsub("put your unique phrase here", salt)
      } { print }' /usr/src/wordpress/wp-config-docker.php > wp-config.php
      if [ "$(id -u)" = 0 ]; then
        # On some mounts an owner can't be set; that is no reason to end.
        chown "$user:$group" wp-config.php || true
      fi
    fi
    ;;
esac
exec "$@"
