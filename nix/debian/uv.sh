unzip -q "$wheel" '*/scripts/uv'
mkdir -p "$out/bin"
mv uv-*.data/scripts/uv "$out/bin/uv"
chmod 555 "$out/bin/uv"
