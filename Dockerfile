# The image of order-bot: one binary on a base that has CA roots and time zones, and no shell.
#
# Bases are pinned by digest, so that the same commit gives the same image; dependabot renews them. By hand:
# docker buildx imagetools inspect IMAGE:TAG --format '{{.Manifest.Digest}}'
FROM rust:1.95.0-slim-bookworm@sha256:d7482085ff5b415f84dba5647ae71606650bdef00db7aeb69f4b3d170c3e4082 AS chef
WORKDIR /build
# A machine that reaches the crates through a proxy of its own passes its roots as the secret `ca`; others pass nothing.
RUN printf '%s\n' '#!/bin/sh' 'if [ -s /run/secrets/ca ]; then export CARGO_HTTP_CAINFO=/run/secrets/ca; fi' 'exec "$@"' \
        >/usr/local/bin/crates \
    && chmod 0555 /usr/local/bin/crates
RUN --mount=type=secret,id=ca,target=/run/secrets/ca \
    --mount=type=cache,id=order-bot-registry,target=/usr/local/cargo/registry,sharing=locked \
    crates cargo install cargo-chef --version 0.1.78 --locked

# What the dependencies are, without our own code: the next stage is built anew only when this changes.
FROM chef AS plan
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY benches benches
RUN --mount=type=secret,id=ca,target=/run/secrets/ca \
    --mount=type=cache,id=order-bot-registry,target=/usr/local/cargo/registry,sharing=locked \
    crates cargo chef prepare --recipe-path recipe.json --bin order-bot

FROM chef AS build
# `quick` for tests of the image alone.
ARG PROFILE=release
COPY --from=plan /build/recipe.json recipe.json
RUN --mount=type=secret,id=ca,target=/run/secrets/ca \
    --mount=type=cache,id=order-bot-registry,target=/usr/local/cargo/registry,sharing=locked \
    crates cargo chef cook --profile "$PROFILE" --locked --bin order-bot --recipe-path recipe.json
COPY Cargo.toml Cargo.lock menu.json ./
COPY src src
COPY benches benches
RUN --mount=type=secret,id=ca,target=/run/secrets/ca \
    --mount=type=cache,id=order-bot-registry,target=/usr/local/cargo/registry,sharing=locked \
    crates cargo build --profile "$PROFILE" --locked --bin order-bot \
    && install -D -m 0555 "target/$PROFILE/order-bot" /out/order-bot \
    && install -d -m 0700 /out/root/data \
    && echo 'hosts: files dns' >/out/nsswitch.conf

FROM gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f AS base

# Of distroless/cc only what the program uses, file by file: its OpenSSL and character tables would make the image 44 MB
# in place of 25. The packages' records come with their files, so that scanners know which libc this is.
FROM scratch
ARG REVISION=unknown
ARG CREATED=unknown
ARG VERSION=unknown
LABEL org.opencontainers.image.title="order-bot" \
      org.opencontainers.image.description="An order-taking Telegram bot for a small food shop" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
COPY --from=base /usr/lib/os-release /usr/lib/os-release
COPY --from=base /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=base /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=base /lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/libm.so.6 /lib/x86_64-linux-gnu/libgcc_s.so.1 \
     /lib/x86_64-linux-gnu/libresolv.so.2 /lib/x86_64-linux-gnu/
COPY --from=base /lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 /lib64/ld-linux-x86-64.so.2
COPY --from=base /var/lib/dpkg/status.d/libc6* /var/lib/dpkg/status.d/libgcc* /var/lib/dpkg/status.d/tzdata* /var/lib/dpkg/status.d/
# Without it glibc asks DNS alone, also for localhost.
COPY --from=build /out/nsswitch.conf /etc/nsswitch.conf
COPY --from=build /out/order-bot /usr/local/bin/order-bot
COPY --chmod=0444 menu.json /etc/order-bot/menu.json
# A named volume takes its owner and mode from this folder, which is in `root` because COPY keeps no mode of the
# folder that it is given.
COPY --from=build --chown=1001:1001 /out/root /
ENV DATA_DIR=/data MENU_FILE=/etc/order-bot/menu.json HTTP_ADDR=0.0.0.0:8080
USER 1001:1001
WORKDIR /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["/usr/local/bin/order-bot", "health"]
ENTRYPOINT ["/usr/local/bin/order-bot"]
CMD ["run"]
