# A wheel says in WHEEL what it is for (binary distribution format), and so does what is installed of it.
export built
if [ -e "$built/blob" ]; then
  enter "$tools" -- /bin/sh -euc '
    case $(cat "$built/descriptor") in
      *+zstd*) /usr/bin/zstd -dcq "$built/blob" ;;
      *) gunzip -c "$built/blob" ;;
    esac | { /usr/bin/tar -xO --wildcards "*.dist-info/WHEEL" && cat > /dev/null; }
  ' > said
else
  unzip -p "$built"/*.whl '*.dist-info/WHEEL' > said
fi
tr -d '\r' < said | sed -n 's/^Tag: *//p' | grep -v -e '-none-any$' > tags || :
if [ -s tags ]; then
  echo "neve: $package is compiled: it is $(tr '\n' ' ' < tags | sed 's/ $//'), which does not run on $platform" >&2
  exit 1
fi
cp -R "$built" "$out"
