from alpine:3.20
add --chown=1000:1000 \
    # the default settings
    settings.toml \
    /etc/notes/
cmd ["notes"]
