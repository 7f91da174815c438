# The database's place is compiled in.
mv bin/file bin/.file
bash=$(for library in $libraries; do echo "$library"; done | grep -- -bash-)
cat > bin/file <<END
#!$bash/bin/bash
MAGIC=$out/lib/file/magic.mgc exec -a "\$0" $out/bin/.file "\$@"
END
chmod +x bin/file
