# Packages of Debian trixie, one line a package.
{
  base = [
    { name = "base-files_13.8_amd64.deb"; url = "https://deb.example/debian/pool/main/b/base-files/base-files_13.8_amd64.deb"; sha256 = "f25a63e249e851a4a42b21ad3e645830765a877497b2759ca022eeb07ac3d976"; }
    { name = "libc6_2.41-12_amd64.deb"; url = "https://deb.example/debian-security/pool/main/l/libc6/libc6_2.41-12_amd64.deb"; sha256 = "ef4ab11da6bc7c2c77b4343f1c7d021aaddcb43a2941d45bf5e73a86ceff76b9"; }
  ];
  python = [
    { name = "python3.13_3.13.5-2-deb13u1_amd64.deb"; url = "https://deb.example/debian/pool/main/p/python3.13/python3.13_3.13.5-2~deb13u1_amd64.deb"; sha256 = "0724087edf8bd8b6b242553a8867aabc605bc1d3af18b5c8a06f5db16ff180e5"; }
  ];
}
