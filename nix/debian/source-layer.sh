(cd "$source" && find . -mindepth 1) | sed 's#^\./##' | sort > list
export out compression seal
export prefix="${directory#/}/"
enter "$tools" -- /bin/sh -eu "$seal" "$source" /build/list u=rwX,go=rX
