#!/bin/sh
# Fills in the templates, runs /docker-entrypoint.d, then starts the command.
#
#   NGINX_ENVSUBST_TEMPLATE_DIR (/etc/nginx/templates), NGINX_ENVSUBST_TEMPLATE_SUFFIX (.template),
#   NGINX_ENVSUBST_OUTPUT_DIR (/etc/nginx/conf.d), NGINX_ENVSUBST_FILTER (a regular expression on variable names)
set -e

templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}

fill_in_templates() {
  # Only variables that are set: nginx has variables of its own, written the same way.
  names=$(awk -v filter="${NGINX_ENVSUBST_FILTER:-}" \
    'BEGIN { for (name in ENVIRON) if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && name ~ filter) printf "${%s} ", name }')
  find "$templates" -follow -type f -name "*$suffix" | while read -r template; do
    file=${template#"$templates/"}
    mkdir -p "$(dirname "$output/$file")"
    envsubst "$names" <"$template" >"$output/${file%"$suffix"}"
  done
}

if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  if [ -n "$(find "$templates" -follow -type f -name "*$suffix" 2>/dev/null)" ]; then
    if [ -w "$output" ]; then fill_in_templates; else echo "$output is not writable: templates are left alone" >&2; fi
  fi
  for script in /docker-entrypoint.d/*; do
    case $script in
      *.envsh) if [ -x "$script" ]; then . "$script"; fi ;;
      *.sh) if [ -x "$script" ]; then "$script"; fi ;;
    esac
  done
fi
exec "$@"
