# forget DIRECTORY STORE-PATH...: no file of DIRECTORY refers to the store paths any more, as debug information and run
# paths do to what compiled them. Names of the same length take their place, so the files stay whole.
forget() {
  local directory=$1 path hash
  shift
  for path; do
    hash=${path##*/}
    hash=${hash%%-*}
    find "$directory" -type f -exec grep -lZF -e "$hash" {} + > forgetting || :
    LC_ALL=C xargs -0 -r sed -i "s#$hash#eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee#g" < forgetting
  done
  rm -f forgetting
}
