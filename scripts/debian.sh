# Root folders with a Debian of their own, made by debootstrap, in which this tree is built and tried. Needs root. Sourced
# after lib.sh. A folder stays in the cache with its packages and its build, so the second run is quick. Mounts and
# processes are in name spaces of their own and end with the command.

# The package registries' clients need this machine's certificate authorities, names and npm settings.
debian_network() {
  local root=$1
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  mkdir -p "$root/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$root/usr/local/share/ca-certificates" {} +
  chroot "$root" update-ca-certificates >/dev/null 2>&1
  {
    echo cafile=/etc/ssl/certs/ca-certificates.crt
    ! command -v npm >/dev/null || echo "registry=$(npm config get registry)"
  } >"$root/root/.npmrc"
}

# debian_folder RELEASE ROOT: makes the folder if it is not there yet.
debian_folder() {
  local archive root=$2
  archive=$("$project/scripts/debian-root" "$1")
  if [ ! -f "$root/root/complete" ]; then
    rm -rf --one-file-system "$root"
    mkdir -p "$root"
    tar -C "$root" --numeric-owner -xf "$archive"
    # Only the C locale, no manuals, and no waiting for the disk, because the root folder is temporary.
    printf 'path-exclude=/usr/share/%s/*\n' doc man locale >"$root/etc/dpkg/dpkg.cfg.d/small"
    # Packages that bring libraries along bring along what their authors ask to be told with them.
    echo 'path-include=/usr/share/doc/*/copyright' >>"$root/etc/dpkg/dpkg.cfg.d/small"
    echo force-unsafe-io >>"$root/etc/dpkg/dpkg.cfg.d/small"
    touch "$root/root/complete"
  fi
  debian_network "$root"
}

# Copies the files of this tree as they are now, committed or not. An unchanged file keeps its time, so that it is not
# compiled again. A changed file gets the present time, because a build may have run between the edit and this copy.
same() { if [ -L "$1" ]; then [ "$(readlink "$1")" = "$(readlink "$2")" ]; else cmp -s "$1" "$2"; fi; }
debian_copy_tree() {
  local tree=$1/home/bigocean fresh=$1/home/fresh file
  rm -rf "$fresh"
  mkdir -p "$fresh" "$tree"
  (cd "$project" && git ls-files -z --cached --others --exclude-standard -- ':!.cache' |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] && [ ! -L "$file" ] || printf '%s\0' "$file"; done |
    tar --null --no-recursion -T - -cf -) | tar -C "$fresh" --no-same-owner -xf -
  while IFS= read -r -d '' file; do
    [ -e "$fresh/$file" ] || [ -L "$fresh/$file" ] || rm "$tree/$file"
  done < <(cd "$tree" && find . \( -path ./build -o -path ./.cache \) -prune -o ! -type d -print0)
  while IFS= read -r -d '' file; do
    if same "$fresh/$file" "$tree/$file"; then continue; fi
    mkdir -p "$tree/${file%/*}"
    cp --no-dereference --preserve=mode "$fresh/$file" "$tree/$file"
  done < <(cd "$fresh" && find . ! -type d -print0)
  rm -rf "$fresh"
}

# debian_run ROOT WORD...: runs a line of shell in the copy of the tree, with /proc, /dev and /sys.
debian_run() {
  # shellcheck disable=SC2016 # expanded by the shell inside
  unshare --mount --pid --fork --kill-child -- bash -euc '
    root=$1; shift
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t sysfs -o ro sysfs "$root/sys"
    exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      TERM="${TERM:-dumb}" NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt CCACHE_DIR=/var/cache/ccache \
      CCACHE_NOHASHDIR=1 bash -euc "cd /home/bigocean; $*"' -- "$@"
}
