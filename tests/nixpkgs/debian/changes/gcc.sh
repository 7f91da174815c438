# gcc finds its own parts from where it lies; what else it needs, the programs on PATH say.
rm -f bin/*lto-dump* bin/c89-gcc bin/c99-gcc
for name in gcc g++ cpp; do
  rm -f "bin/$name"
  cat > "bin/$name" <<END
#!$(library bash)/bin/bash
# Linking has no part in what only compiles: then the linker's words would be warned of.
link=(-Wl,-dynamic-linker,$(echo "$glibc"/lib/ld-linux-*.so.*) -Wl,-rpath,$glibc/lib:$(library gcc-lib)/lib)
# nixpkgs' own wrapper reads these itself, and says that it is there.
if [ -z "\$NIX_CC" ]; then
  compile=\$NIX_CFLAGS_COMPILE
  for word in \$NIX_LDFLAGS; do
    link+=("\$word")
    case \$word in -L*) link+=("-Wl,-rpath,\${word#-L}") ;; esac
  done
fi
for word in "\$@"; do
  case \$word in -c | -E | -S | -M | -MM) link=() ;; esac
done
exec $out/bin/$triplet-$name -B$(library binutils)/bin/ -B$(library glibc-dev)/lib/ -B$(library gcc-lib)/lib/ \
  -idirafter $(library glibc-dev)/include \$compile "\$@" \
  -L$(library glibc-dev)/lib -L$glibc/lib -L$(library gcc-lib)/lib "\${link[@]}"
END
  chmod +x "bin/$name"
done
ln -sf gcc bin/cc
ln -sf g++ bin/c++
for name in ar as ld nm objcopy objdump ranlib readelf strip; do
  ln -s "$(library binutils)/bin/$name" "bin/$name"
done
by_loader libexec/gcc/$triplet/*/cc1 libexec/gcc/$triplet/*/cc1plus libexec/gcc/$triplet/*/lto1
