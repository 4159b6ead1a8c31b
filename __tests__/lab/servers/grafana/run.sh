#!/bin/bash -e
# What can't be read or written is told, and tried all the same.
[ -r "$GF_PATHS_CONFIG" ] || echo "GF_PATHS_CONFIG='$GF_PATHS_CONFIG' is not readable."
[ -w "$GF_PATHS_DATA" ] || echo "GF_PATHS_DATA='$GF_PATHS_DATA' is not writable."
[ -r "$GF_PATHS_HOME" ] || echo "GF_PATHS_HOME='$GF_PATHS_HOME' is not readable."
[ -d "$GF_PATHS_PLUGINS" ] || mkdir "$GF_PATHS_PLUGINS"
# GF_<NAME>__FILE names a file with the value.
for name in $(compgen -e | grep '^GF_.*__FILE$' || true); do
  export "${name%__FILE}=$(cat "${!name}")"
  unset "$name"
done
export HOME=$GF_PATHS_HOME
exec grafana server --homepath="$GF_PATHS_HOME" --config="$GF_PATHS_CONFIG" --packaging=docker "$@" \
  cfg:default.log.mode=console cfg:default.paths.data="$GF_PATHS_DATA" cfg:default.paths.logs="$GF_PATHS_LOGS" \
  cfg:default.paths.plugins="$GF_PATHS_PLUGINS" cfg:default.paths.provisioning="$GF_PATHS_PROVISIONING"
