# The machine's own Debian mirror, asked for another release.
# Sourced by install.sh and by images/debian/build.sh; nothing runs here by itself.

# apt_sources RELEASE FOLDER: writes the sources into FOLDER and prints the file's path.
# Only Debian's own entries are taken: other vendors name their suites after the release too.
apt_sources() {
  local release=$1 folder=$2 own file
  own=$(. /etc/os-release && printf %s "${VERSION_CODENAME:-}")
  [[ -n $own ]] || { echo "this system does not say which Debian release it is" >&2; return 1; }
  for file in /etc/apt/sources.list.d/debian.sources $(grep -ls 'debian-archive-keyring' /etc/apt/sources.list.d/*.sources); do
    [[ -r $file ]] && grep -q "^Suites:.*\b$own\b" "$file" || continue
    sed "/^Suites:/s/\b$own\b/$release/g" "$file" > "$folder/$release.sources"
    echo "$folder/$release.sources"
    return
  done
  if [[ -r /etc/apt/sources.list ]]; then
    sed -nE "/^deb .*[[:space:]]$own(-updates|-security)?[[:space:]].*\bmain\b/s/\b$own\b/$release/p" \
      /etc/apt/sources.list > "$folder/$release.list"
    [[ -s $folder/$release.list ]] && { echo "$folder/$release.list"; return; }
  fi
  echo "no Debian mirror is named in /etc/apt" >&2
  return 1
}
