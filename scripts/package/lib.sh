# Shared by the scripts of the packages: names, places, what of a package is whose. Sourced after ../lib.sh.
packages=$project/build/packages
# What packages are made of and what is no package itself.
parts=$packages/parts

# The machine that a package is for, as Debian calls it: amd64 or arm64.
# machine_of ARCHITECTURE: as the kernel calls it. npm_of ARCHITECTURE: as Node calls it.
machine_of() { case "$1" in amd64) echo x86_64 ;; arm64) echo aarch64 ;; *) die "no packages are made for $1" ;; esac; }
# debian_of MACHINE: the way back.
debian_of() { case "$1" in x86_64) echo amd64 ;; aarch64) echo arm64 ;; *) die "no packages are made for $1" ;; esac; }
npm_of() { case "$1" in amd64) echo x64 ;; arm64) echo arm64 ;; *) die "no packages are made for $1" ;; esac; }
triplet_of() { echo "$(machine_of "$1")-linux-gnu"; }

# preset_of PRESET ARCHITECTURE: the CMake preset that builds the same for that architecture.
preset_of() { if [ "$2" = "$(dpkg --print-architecture)" ]; then echo "$1"; else echo "$1-$2"; fi; }

# strip_of ARCHITECTURE: the program that removes symbols.
strip_of() { if [ "$1" = "$(dpkg --print-architecture)" ]; then echo strip; else echo "$(triplet_of "$1")-strip"; fi; }

# runner_of ARCHITECTURE: the words before a command of that architecture; none on a machine of its own.
runner_of() { [ "$1" = "$(dpkg --print-architecture)" ] || echo "qemu-$(machine_of "$1")-static"; }

# The libraries that the program loads by name when it needs them: of every SharedLibrary in the sources.
late_libraries() { (cd "$project" && grep -rhoE 'SharedLibrary\("[^"]+' base config | cut -d '"' -f 2); }

# library_path TRIPLET NAME: where Debian keeps a library.
library_path() {
  local folder
  for folder in "/usr/lib/$1" "/lib/$1"; do
    if [ -e "$folder/$2" ]; then
      echo "$folder/$2"
      return
    fi
  done
  die "$2 is not installed for $1"
}

# owner_of FILE: the installed package that has it. (A merged /usr has two names for a file, and dpkg knows one of them.)
owner_of() { { dpkg -S "$1" 2>/dev/null || dpkg -S "${1#/usr}"; } | head -1 | sed 's/: .*//; s/,.*//'; }

# compiled_in PRESET: the packages whose code the compiler puts into the program itself, which neither links nor loads it.
compiled_in() {
  [[ $1 != *static* ]] || dpkg-query -W -f '${Package}\n' 'libstdc++-*-dev*' | head -1
  grep -v '^#' "$project/scripts/packages" | awk '$1 ~ /-dev$/ && / build( |$)/ { print $1 }' |
    grep -vxE 'libpq-dev|libssl-dev'
}

# note_package KIND PACKAGE: a row of the list from which scripts/package/sbom.mjs makes the list of contents. KIND is
# compiled (into the program), bundled (a file of the package) or needed (a dependency).
note_package() {
  # shellcheck disable=SC2016 # dpkg's own words
  dpkg-query -W -f "$1"'\t${binary:Package}\t${Version}\t${source:Package}\t${source:Version}\n' "$2"
}

# copyright_of PACKAGE FOLDER: copies what its authors ask to be told, as PACKAGE.copyright.gz.
copyright_of() {
  local name=${1%%:*}
  [ -s "/usr/share/doc/$name/copyright" ] || die "$name has no /usr/share/doc/$name/copyright to bring along"
  gzip -9cn "/usr/share/doc/$name/copyright" | install -D -m 644 /dev/stdin "$2/$name.copyright.gz"
}
