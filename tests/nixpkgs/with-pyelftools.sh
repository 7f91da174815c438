# A python that has pyelftools.
"$coreutils/bin/mkdir" -p "$out/bin"
"$coreutils/bin/cat" > "$out/bin/python" <<END
#!$builder
export PYTHONPATH=$pyelftools/lib/python3/dist-packages
exec $python "\$@"
END
"$coreutils/bin/chmod" +x "$out/bin/python"
