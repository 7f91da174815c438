# What bash -e starts: the attributes where they are structured, setup, then the builder.
[ ! -e "${NIX_ATTRS_SH_FILE-}" ] || source "$NIX_ATTRS_SH_FILE"
source "$stdenv/setup"
source "$@"
