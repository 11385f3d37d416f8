# The image of bigocean: built on Debian 13, run from nothing but the binary and what it loads.
#
#   make image          builds it with Docker, Podman or Buildah, whichever is there
#   make image-check    builds it without any engine and tries out what came out
#
# The base is pinned by the digest of its multi-platform index, so the same commit is built on the same base. To move
# on to a newer one, put here what this prints (by hand: Dependabot does not read an ARG):
#   docker buildx imagetools inspect debian:trixie-slim --format '{{.Manifest.Digest}}'
ARG BASE=debian:trixie-slim@sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f

# The packages of a build alone, so that one more for the tests does not build everything again.
FROM ${BASE} AS packages
COPY scripts/packages /all
RUN awk '!/^#/ && / build( |$)/ { print $1 }' /all > /packages

FROM ${BASE} AS build
ENV DEBIAN_FRONTEND=noninteractive
# What changes least comes first. (No cache mounts: Railway's builder refuses them under ids that are not its own.)
COPY --from=packages /packages /packages
RUN apt-get update \
 && apt-get install -y --no-install-recommends busybox-static ca-certificates $(cat /packages) \
 && rm -rf /var/lib/apt/lists/*

# Then floor by floor, the lowest first: a change compiles its own floor again and those above it. An empty file keeps
# the place of each floor until its turn.
WORKDIR /source
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
RUN mkdir -p base config redis sql server/product cli \
 && touch base/empty.cpp config/empty.cpp redis/empty.cpp sql/empty.cpp server/empty.cpp server/product/empty.cpp \
      server/product/composition.cpp cli/empty.cpp cli/main.cpp \
 && cmake --preset release
COPY base base
RUN cmake --build --preset release --target bigocean_base
COPY config config
RUN cmake --build --preset release --target bigocean_config
COPY redis redis
RUN cmake --build --preset release --target bigocean_redis
COPY sql sql
RUN cmake --build --preset release --target bigocean_sql
COPY server server
RUN cmake --build --preset release --target bigocean_server
RUN cmake --build --preset release --target bigocean_product
COPY cli cli
RUN cmake --build --preset release --target bigocean_cli

# Only now what differs with every commit. Railway hands over RAILWAY_GIT_COMMIT_SHA by itself; elsewhere give
# BIGOCEAN_COMMIT, and SOURCE_DATE_EPOCH for the date that all files in the image bear.
ARG BIGOCEAN_COMMIT
ARG RAILWAY_GIT_COMMIT_SHA
RUN commit="${BIGOCEAN_COMMIT:-${RAILWAY_GIT_COMMIT_SHA:-}}" \
 && cmake --preset release -DBIGOCEAN_COMMIT="$(printf %.12s "$commit")" \
 && cmake --build --preset release \
 && cmake --install build/release --prefix /out/usr/local --component program --strip

# The root file system of the image: the libraries that the binary links and the three that it loads itself when it needs
# them, with all that those need; the loader, certificates, a user who owns nothing, names looked up in files and DNS,
# and one static shell for whoever must look inside.
ARG SOURCE_DATE_EPOCH=0
RUN mkdir -p /out/bin /out/etc/ssl/certs \
 && loaded="$(ldconfig -p | awk '$1 == "libpq.so.5" || $1 == "libssl.so.3" || $1 == "libcrypto.so.3" { print $NF }')" \
 && { echo "$loaded"; ldd /out/usr/local/bin/bigocean $loaded; } \
      | grep -o '/[^ :]*' | grep -v '^/out/' | sort -u | xargs -I{} cp -L --parents {} /out \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && cp /bin/busybox /out/bin/busybox \
 && ln -s busybox /out/bin/sh \
 && echo 'bigocean:x:10001:10001::/:/bin/sh' > /out/etc/passwd \
 && echo 'bigocean:x:10001:' > /out/etc/group \
 && echo 'hosts: files dns' > /out/etc/nsswitch.conf \
 && chroot /out /usr/local/bin/bigocean --version \
 && find /out -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

FROM scratch
ARG BIGOCEAN_VERSION=0.1.0
ARG BIGOCEAN_COMMIT
ARG RAILWAY_GIT_COMMIT_SHA
LABEL org.opencontainers.image.title="bigocean" \
      org.opencontainers.image.description="One binary that migrates, checks and serves: from a commit to a healthy deployment" \
      org.opencontainers.image.version="${BIGOCEAN_VERSION}" \
      org.opencontainers.image.revision="${BIGOCEAN_COMMIT:-${RAILWAY_GIT_COMMIT_SHA}}"
COPY --from=build /out/ /
# NODE_ENV, the weaker of the two names, so that BIGOCEAN_ENV can still say otherwise.
ENV PATH=/usr/local/bin:/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    NODE_ENV=production
USER 10001:10001
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["/usr/local/bin/bigocean", "healthcheck"]
CMD ["bigocean", "serve"]
