# The ways to install the packages, each tried in bare roots. Sourced by scripts/package/check.

# --- apt-get install ./bigocean_….deb
route_deb() {
  deb_on bookworm 12 amd64
  deb_on trixie 13 amd64
}

# deb_root RELEASE ARCHITECTURE: what apt-get needs, in the root; its lists of packages.
deb_root() {
  debian_network "$root"
  mkdir -p "$root/home/bigocean"
  [ "$2" = "$(dpkg --print-architecture)" ] || chroot "$root" dpkg --add-architecture "$2"
  debian_run "$root" "apt-get update -qq >/dev/null"
}

deb_file() { echo "bigocean_${version/-/\~}+deb$1_$2.deb"; }

deb_get() {
  debian_run "$root" "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1" \
    >"$work/apt.log" 2>&1 || no "apt-get: $(tail -5 "$work/apt.log")"
}

# deb_install FILE
deb_install() {
  local begun=$EPOCHREALTIME
  cp "$packages/$1" "$root/home/bigocean/"
  deb_get "./$1"
  ok "installed with its dependencies in $(since "$begun")"
}

# deb_on RELEASE NUMBER ARCHITECTURE
deb_on() {
  local file left
  file=$(deb_file "$2" "$3")
  bare "on Debian $2: $file ($(size_of "$packages/$file"))" "$1"
  deb_root "$1" "$3"
  # Debian's own books, and this check's.
  local books=('var/lib/apt' 'var/lib/dpkg' 'var/cache' 'var/log' 'etc/ld.so.cache' 'home' 'root')
  files "${books[@]}" >"$work/before"
  deb_install "$file"
  chroot "$root" dpkg -L "bigocean:$3" | grep -vxE '/\.|/usr(/(bin|share))?|/usr/share/(doc|bash-completion|zsh)' |
    grep -vE '^/usr/(bin/bigocean$|share/doc/bigocean|share/bash-completion/completions|share/zsh/vendor-completions)' &&
    no "the package has files outside its own places"
  dpkg-deb --ctrl-tarfile "$packages/$file" | tar -t | grep -vxE '\./|\./(control|md5sums)' && no "the package has scripts"
  ok "all its files are in its own places, and it runs no scripts"
  works_as bigocean
  debian_run "$root" "apt-get purge -y -qq --autoremove bigocean:$3" >"$work/apt.log" 2>&1 || no "apt-get: $(cat "$work/apt.log")"
  if [ "$3" = "$(dpkg --print-architecture)" ]; then
    same_as "$work/before" "${books[@]}"
  else
    # Debian keeps the other architecture's C library, and updates its own packages to the same versions.
    left=$(find "$root/usr" "$root/etc" "$root/var" -xdev -iname '*bigocean*')
    [ -z "$left" ] || no "apt-get purge leaves: $left"
  fi
  ok "apt-get purge leaves nothing"
  rm -rf --one-file-system "$root"
}

# --- tar -xzf bigocean-….tar.gz
route_tarball() {
  local release
  for release in bullseye bookworm trixie ""; do tarball_on x86_64 "$release"; done
}

# tarball_on MACHINE [RELEASE]
tarball_on() {
  local file=bigocean-$version-linux-$1.tar.gz release=$2 begun
  bare "in ${release:-an empty root}: $file ($(size_of "$packages/$file"))" ${release:+"$release"}
  case "$release" in
    # A system's own module of names, built for its own C library.
    bullseye)
      deb_root bullseye amd64
      deb_get libnss-myhostname
      echo 'hosts: myhostname files dns' >"$root/etc/nsswitch.conf"
      ;;
    # One that is listed and not there, as many desktops have it.
    bookworm) echo 'hosts: files mdns4_minimal [NOTFOUND=return] dns' >"$root/etc/nsswitch.conf" ;;
  esac
  mkdir -p "$root/opt" "$root/usr/local/bin"
  files >"$work/before"
  begun=$EPOCHREALTIME
  tar -xzf "$packages/$file" -C "$root/opt"
  ok "unpacked in $(since "$begun")"
  only_below '^opt/' "$work/before"
  works_as "/opt/${file%.tar.gz}/bin/bigocean"
  ln -s "/opt/${file%.tar.gz}/bin/bigocean" "$root/usr/local/bin/bigocean"
  tried "started by a link" bigocean --version
  rm "$root/usr/local/bin/bigocean"
  if [ -z "$release" ]; then authorities_are_found "/opt/${file%.tar.gz}/bin/bigocean"; fi
  rm -r "$root/opt/${file%.tar.gz}"
  same_as "$work/before"
  ok "deleting the folder leaves nothing"
  rm -rf --one-file-system "$root"
}

# authorities_are_found COMMAND: without SSL_CERT_FILE, in the places of other systems than Debian.
authorities_are_found() {
  local place kept=("${environment[@]}")
  environment=("${environment[@]/#SSL_CERT_FILE=*/NOTHING=}")
  expected=7 tried "check-redis without authorities is refused" "$1" check-redis
  for place in etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem etc/ssl/ca-bundle.pem; do
    install -D -m 644 "$work/tls.crt" "$root/$place"
    tried "check-redis with the authorities of /$place" "$1" check-redis
    rm "$root/$place"
    (cd "$root" && rmdir -p "${place%/*}" 2>/dev/null) || true
  done
  mkdir -p "$root/etc"
  environment=("${kept[@]}")
}

# --- npm install bigocean, npx bigocean
# npm_in FOLDER COMMAND...: as on a machine with Node, with the names and the registry of this check and nothing else.
npm_in() {
  # shellcheck disable=SC2016 # expanded by the shell inside
  "${network[@]}" unshare --mount -- bash -euc '
    names=$1 folder=$2; shift 2
    mount --make-rprivate /
    mount --bind "$names/hosts" /etc/hosts
    mount --bind "$names/resolv.conf" /etc/resolv.conf
    cd "$folder"
    exec "$@"' -- "$names" "$1" env -i "${environment[@]}" "HOME=$work/home" "PATH=$PATH" "npm_config_registry=$registry" \
    npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false "${@:2}" \
    >"$work/out" 2>&1 || no "${*:2} ended with $?: $(cat "$work/out")"
}

route_npm() {
  local release begun left
  for release in bullseye trixie; do
    bare "in $release: bigocean-$version.tgz ($(size_of "$packages/bigocean-$version.tgz")) and its platform's ($(
      size_of "$packages/bigocean-linux-x64-$version.tgz"))" "$release"
    mkdir -p "$root/srv/app"
    echo '{ "private": true }' >"$root/srv/app/package.json"
    files srv/app >"$work/before"
    environment=()
    begun=$EPOCHREALTIME
    npm_in "$root/srv/app" npm install --ignore-scripts bigocean
    ok "npm install took $(since "$begun")"
    same_as "$work/before" srv/app
    [ "$(cd "$root/srv/app/node_modules" && ls)" = "bigocean"$'\n'"bigocean-linux-x64" ] ||
      no "node_modules has $(ls "$root/srv/app/node_modules")"
    ok "it is in node_modules, one platform's package of those there are, and nowhere else"
    works_as /srv/app/node_modules/.bin/bigocean
    npm_in "$root/srv/app" npm uninstall bigocean
    left=$(cd "$root/srv/app" && find . -type f ! -name package.json ! -name package-lock.json ! -name .package-lock.json)
    [ -z "$left" ] || no "npm uninstall leaves: $left"
    same_as "$work/before" srv/app
    ok "npm uninstall leaves nothing"
    rm -rf --one-file-system "$root"
  done
  new_database
  environment=("${environment[@]//\/authority.crt/$work/tls.crt}")
  mkdir -p "$work/npx"
  begun=$EPOCHREALTIME
  npm_in "$work/npx" npx --yes bigocean migrate --dir "$work/migrations"
  grep -q 'done: 2 applied now' "$work/out" || no "npx bigocean migrate said: $(cat "$work/out")"
  ok "npx bigocean migrate --dir … on a machine without it: $(since "$begun")"
}

# --- docker load
# image_root MACHINE: the image's files in a new root; its user and environment.
image_root() {
  local file=bigocean-toolkit-$version-linux-$1.image.tar.gz config bytes
  bare "the image $file ($(size_of "$packages/$file"))"
  mkdir -p "$work/image"
  tar -xzf "$packages/$file" -C "$work/image"
  config=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1]))[0].Config' "$work/image/manifest.json")
  node -p 'JSON.parse(fs.readFileSync(process.argv[1]))[0].Layers.join("\n")' "$work/image/manifest.json" |
    while read -r layer; do tar -xf "$work/image/$layer" -C "$root"; done
  image_user=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).config.User' "$work/image/$config")
  mapfile -t image_environment < <(
    node -p 'JSON.parse(fs.readFileSync(process.argv[1])).config.Env.join("\n")' "$work/image/$config")
  rm -r "$work/image"
  # With this check's few files, which are in the root as well.
  bytes=$(du -s --apparent-size --block-size=1 "$root" | cut -f 1)
  [ "$bytes" -lt $image_bytes_max ] || no "the image has $bytes bytes, $image_bytes_max are allowed"
  ok "$bytes bytes in $(find "$root" -type f | wc -l) files (limit $image_bytes_max)"
}

route_image() {
  local found
  image_root x86_64
  [ "$image_user" = 10001:10001 ] || no "the image's user is '$image_user'"
  printf '%s\n' "${image_environment[@]}" | grep -qx 'PATH=/usr/local/bin:/bin' || no "the image has another PATH"
  found=$(find "$root" -xdev ! -type l \( -perm /6000 -o -uid 10001 -o -perm /002 \))
  [ -z "$found" ] || no "setuid, or writable by the image's user: $found"
  ok "nothing is setuid, and nothing is writable by its user"
  works_as bigocean
  tried "a shell" sh -c 'bigocean --version'
  rm -rf --one-file-system "$root"
}

# --- The same for arm64, under qemu-user.
route_arm64() {
  local plain=("${network[@]}")
  network+=("$project/scripts/package/emulated")
  deb_on bookworm 12 arm64
  deb_on trixie 13 arm64
  tarball_on aarch64 ""
  image_root aarch64
  works_as bigocean
  rm -rf --one-file-system "$root"
  network=("${plain[@]}")
}

# --- The time to start, beside the plain program's: that of the .deb, started directly.
# start_times NAME=ROOT=COMMAND...: each in turn, 300 times; prints the shortest start of each in microseconds. Other work on
# the machine lengthens a start and never shortens one, so the shortest ones can be compared.
start_times() {
  local -A shortest=()
  local round one root command begun took
  for ((round = 0; round < 300; ++round)); do
    for one in "$@"; do
      IFS='=' read -r _ root command <<<"$one"
      begun=${EPOCHREALTIME/./}
      chroot "$root" "$command" --version >/dev/null
      took=$((${EPOCHREALTIME/./} - begun))
      if [ -z "${shortest[$one]:-}" ] || [ "$took" -lt "${shortest[$one]}" ]; then shortest[$one]=$took; fi
    done
  done
  for one in "$@"; do echo "${shortest[$one]} ${one%%=*}"; done
}

route_start() {
  local tarball=bigocean-$version-linux-x86_64
  bare "on Debian 13: the time to start" trixie
  deb_root trixie amd64
  deb_install "$(deb_file 13 amd64)"
  tar -xzf "$packages/$tarball.tar.gz" -C "$root/opt"
  mkdir -p "$root/srv/app"
  echo '{ "private": true }' >"$root/srv/app/package.json"
  environment=()
  npm_in "$root/srv/app" npm install --ignore-scripts bigocean
  mv "$root" "$work/installed"
  image_root x86_64
  start_times "the plain program=$work/installed=/usr/bin/bigocean" \
    "the tarball=$work/installed=/opt/$tarball/bin/bigocean" \
    "the npm package=$work/installed=/srv/app/node_modules/.bin/bigocean" \
    "the image=$root=/usr/local/bin/bigocean" >"$work/times"
  awk -v most=$start_up_milliseconds_max 'NR == 1 { plain = $1 }
    { took = $1; $1 = ""; within = took - plain < most * 1000
      printf "  %s  %s: %.2f ms, %+.2f ms beside the plain program\n", within ? "ok  " : "FAIL", $0, took / 1000, (took - plain) / 1000
      if (!within) late = 1 }
    END { exit late }' "$work/times" || no "more than $start_up_milliseconds_max ms"
  rm -rf --one-file-system "$root" "$work/installed"
}
