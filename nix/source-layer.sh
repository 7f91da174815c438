mkdir -p "tree${directory%/*}"
cp -a "$source" "tree$directory"
chmod -R u=rwX,go=rX tree
(cd tree && find . -mindepth 1) | sed 's#^\./##' | sort > list
export out compression seal
enter "$tools" -- /bin/sh -eu "$seal" /build/tree /build/list ""
