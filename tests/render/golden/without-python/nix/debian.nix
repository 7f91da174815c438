# Packages of Debian trixie, one line a package.
{
  base = [
    { name = "base-files_13.8_amd64.deb"; url = "https://deb.example/debian/pool/main/b/base-files/base-files_13.8_amd64.deb"; sha256 = "f25a63e249e851a4a42b21ad3e645830765a877497b2759ca022eeb07ac3d976"; }
    { name = "libc6_2.41-12_amd64.deb"; url = "https://deb.example/debian-security/pool/main/l/libc6/libc6_2.41-12_amd64.deb"; sha256 = "ef4ab11da6bc7c2c77b4343f1c7d021aaddcb43a2941d45bf5e73a86ceff76b9"; }
  ];
  system = [
    { name = "curl_7.1-1_amd64.deb"; url = "https://deb.example/debian/pool/main/c/curl/curl_7.1-1_amd64.deb"; sha256 = "6c6f4ad10bfaabb4532f5bc07b9e6ffa3fc8b581f22a2688a999a3552bdb5efe"; }
  ];
}
