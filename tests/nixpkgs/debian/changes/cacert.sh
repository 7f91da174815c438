# What update-ca-certificates makes, under the name that nixpkgs has for it.
mkdir -p etc/ssl/certs
find share/ca-certificates -name '*.crt' | sort | while read -r file; do
  cat "$file"
done > etc/ssl/certs/ca-bundle.crt
rm -rf share bin etc/ca-certificates
