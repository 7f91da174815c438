# Packages of Debian trixie, one line a package.
{
  base = [
    { name = "base-files_13.8_amd64.deb"; url = "https://deb.example/debian/pool/main/b/base-files/base-files_13.8_amd64.deb"; sha256 = "f25a63e249e851a4a42b21ad3e645830765a877497b2759ca022eeb07ac3d976"; }
    { name = "libc6_2.41-12_amd64.deb"; url = "https://deb.example/debian-security/pool/main/l/libc6/libc6_2.41-12_amd64.deb"; sha256 = "ef4ab11da6bc7c2c77b4343f1c7d021aaddcb43a2941d45bf5e73a86ceff76b9"; }
  ];
  python = [
    { name = "python3.13_3.13.5-2-deb13u1_amd64.deb"; url = "https://deb.example/debian/pool/main/p/python3.13/python3.13_3.13.5-2~deb13u1_amd64.deb"; sha256 = "0724087edf8bd8b6b242553a8867aabc605bc1d3af18b5c8a06f5db16ff180e5"; }
  ];
  build = [
    { name = "gcc_14.2.0-1_amd64.deb"; url = "https://deb.example/debian/pool/main/g/gcc/gcc_14.2.0-1_amd64.deb"; sha256 = "8b5172c9770d3c28c6b76a17f1d5cca8a596b6375b78bdbd7157ac5da076677c"; }
    { name = "g++-13_1.0-1_amd64.deb"; url = "https://deb.example/debian/pool/main/g/g++-13/g++-13_1.0-1_amd64.deb"; sha256 = "f1b30c94049ab0a16f039b55e7c6e246cef974ef5c8eb2e02faa5dae7585cdcf"; }
  ];
}
