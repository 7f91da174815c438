export out compression seal deb member version below
enter "$tools" -- /bin/sh -eu "$unpack" /build/tree
(cd tree && find . -mindepth 1) | sed 's#^\./##' | sort > list
enter "$tools" -- /bin/sh -eu "$seal" /build/tree /build/list u=rwX,go=rX
