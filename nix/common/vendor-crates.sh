# vendor_crates: where $crates, the pinned archives of the crates of a Cargo.lock, are any, cargo finds them, and no others,
# in a directory (https://doc.rust-lang.org/cargo/reference/source-replacement.html).
vendor_crates() {
  [ -n "${crates-}" ] || return 0
  mkdir -p "$NIX_BUILD_TOP/cargo/vendor"
  for crate in $crates; do
    mkdir "$NIX_BUILD_TOP/crate"
    tar -x -z -f "$crate" -C "$NIX_BUILD_TOP/crate"
    for directory in "$NIX_BUILD_TOP"/crate/*; do
      printf '{"files":{},"package":"%s"}' "$(sha256sum < "$crate" | cut -d' ' -f1)" > "$directory/.cargo-checksum.json"
      mv "$directory" "$NIX_BUILD_TOP/cargo/vendor/"
    done
    rmdir "$NIX_BUILD_TOP/crate"
  done
  # The build directory is /build inside the sandbox, whatever it is called here.
  cat > "$NIX_BUILD_TOP/cargo/config.toml" <<END
[source.crates-io]
replace-with = "neve"
[source.neve]
directory = "${cargo_home:-$NIX_BUILD_TOP/cargo}/vendor"
[net]
offline = true
END
  export CARGO_HOME="${cargo_home:-$NIX_BUILD_TOP/cargo}" CARGO_NET_OFFLINE=true
}
