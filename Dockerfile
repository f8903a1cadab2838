# syntax=docker/dockerfile:1
# The tool in an image without a distribution: a static binary that runs as an ordinary user.
#
#   docker build --tag clients-contract .
#   docker run --rm --volume "$PWD:/work:ro" clients-contract validate fixtures/valid
#
# `--build-context build=FOLDER` takes the binary from FOLDER/out instead of compiling it.
FROM rust:1.95-alpine AS build
WORKDIR /source
COPY . .
# Rust links static binaries for musl, the C library of Alpine. `tmp` is for temporary files.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --profile dist --bin clients-contract \
    && install -D target/dist/clients-contract /out/clients-contract \
    && install -d -m 1777 /out/tmp

FROM scratch
LABEL org.opencontainers.image.title="clients-contract" \
      org.opencontainers.image.description="Validates JSON API responses against a JSON Schema contract" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/ /
# By number, since the image has no list of users. `--user` overrides it, for example to write into a volume.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/clients-contract"]
