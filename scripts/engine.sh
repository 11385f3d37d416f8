# What builds images: Docker, Podman or Buildah, whichever works here. Sourced after lib.sh.

works() {
  case "$1" in
    docker) docker info >/dev/null 2>&1 ;;
    podman) podman info >/dev/null 2>&1 ;;
    buildah) buildah --version >/dev/null 2>&1 ;;
    *) die "BIGOCEAN_IMAGE_TOOL is $1; it must be docker, podman or buildah" ;;
  esac
}

find_tool() {
  local tool
  for tool in ${BIGOCEAN_IMAGE_TOOL:-docker podman buildah}; do
    if works "$tool"; then
      echo "$tool"
      return
    fi
  done
  die "No ${BIGOCEAN_IMAGE_TOOL:-Docker, Podman or Buildah} works here. Install one (apt-get install buildah), or start" \
    "Docker's service. \`make image-check\` needs no engine."
}

# own_storage PLACE WORK: Buildah keeps its layers in PLACE, on overlayfs where the kernel has it, else by copying. WORK is a
# temporary folder.
own_storage() {
  local place=$1 work=$2 driver=vfs probe=$2/overlay
  mkdir -p "$place" "$probe"/{lower,upper,index,merged}
  if unshare --mount mount -t overlay overlay -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/index" \
    "$probe/merged" 2>/dev/null; then
    driver=overlay
  fi
  # Mounts are recorded below /run, which a restart of the machine empties, as it ends the mounts.
  printf '[storage]\ndriver = "%s"\ngraphroot = "%s"\nrunroot = "%s"\n' "$driver" "$place/$driver" \
    "/run/bigocean-$(cksum <<<"$place" | cut -d ' ' -f 1)" >"$work/storage.conf"
  export CONTAINERS_STORAGE_CONF=$work/storage.conf BUILDAH_ISOLATION=chroot
}
