# The database's place is compiled in.
mv bin/file bin/.file
cat > bin/file <<END
#!$(library bash)/bin/bash
MAGIC=$out/lib/file/magic.mgc exec -a "\$0" $out/bin/.file "\$@"
END
chmod +x bin/file
