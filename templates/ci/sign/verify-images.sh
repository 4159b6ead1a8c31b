#!/bin/sh
# Refuses a deployment of what the policy does not allow: each image of the Compose project must be pinned by digest, and be signed
# as the file image-policy beside this script says of its name. Made by harden init --sign. The same options for both commands:
#
#   sh verify-images.sh [OPTION of docker compose]... && docker compose [OPTION]... up --detach --no-build
#
# Ends with 0 when all may run, 1 when an image is refused, 2 when it could not check. Needs cosign 3, which reads older signatures too.
set -eu

folder=$(dirname -- "$0")
policy=${IMAGE_POLICY:-$folder/image-policy}
refused=0

cannot() {
  printf 'verify-images: %s\n' "$1" >&2
  exit 2
}

refuse() {
  printf 'refused   %s %s\n' "$1" "$2" >&2
  refused=1
}

# docker.io/library/postgres for postgres, as https://github.com/distribution/reference has it.
full_name() {
  case $1 in
    localhost/* | *.*/* | *:*/*)
      case ${1%%/*} in
        localhost | *.* | *:*) printf '%s' "$1" ;;
        *) printf 'docker.io/%s' "$1" ;;
      esac
      ;;
    */*) printf 'docker.io/%s' "$1" ;;
    *) printf 'docker.io/library/%s' "$1" ;;
  esac
}

# What the policy's line for a name says, in $how, $who and $issuer; the first one counts.
find_rule() {
  how=
  while read -r name how who issuer rest || [ -n "$name" ]; do
    if [ "$name" = "$1" ] && [ -z "$rest" ]; then return; fi
    how=
  done < "$policy"
}

check() {
  hex=${1##*@sha256:}
  case $hex in
    "$1" | '' | *[!0-9a-f]*) hex= ;;
  esac
  if [ "${#hex}" -ne 64 ]; then
    refuse "$1" 'is not pinned by digest'
    return
  fi
  name=${1%@*}
  case ${name##*/} in *:*) name=${name%:*} ;; esac
  name=$(full_name "$name")
  image=$name@sha256:$hex
  find_rule "$name"
  case $how in
    signed) set -- --certificate-identity-regexp "$who" --certificate-oidc-issuer "$issuer" ;;
    key) set -- --key "$folder/$who" ;;
    digest)
      printf 'pinned    %s\n' "$image"
      return
      ;;
    *)
      refuse "$image" 'has no line in the policy'
      return
      ;;
  esac
  if [ -z "$who" ] || { [ "$how" = signed ] && [ -z "$issuer" ]; }; then
    refuse "$image" 'has an incomplete line in the policy'
  elif cosign verify "$@" "$image" < /dev/null > /dev/null; then
    printf 'verified  %s\n' "$image"
  else
    refuse "$image" 'has no signature that the policy asks for'
  fi
}

command -v docker > /dev/null || cannot 'docker is not installed'
command -v cosign > /dev/null || cannot 'cosign is not installed'
[ -r "$policy" ] || cannot "$policy can not be read"
images=$(docker compose "$@" config --images) || cannot 'docker compose config --images failed'
[ -n "$images" ] || cannot 'the project has no image'

while read -r image; do
  check "$image"
done << IMAGES
$images
IMAGES
exit "$refused"
