# Packages of Debian trixie, one line a package.
{
  base = [
    { name = "base-files_13.8_arm64.deb"; url = "https://deb.example/debian/pool/main/b/base-files/base-files_13.8_arm64.deb"; sha256 = "a38a81ca224493b4ffa38618fa5603934707d233f769d64243915b4ad337929f"; }
    { name = "libc6_2.41-12_arm64.deb"; url = "https://deb.example/debian-security/pool/main/l/libc6/libc6_2.41-12_arm64.deb"; sha256 = "8f4bae89b93e69fecd65d327f0378a52ca884766f48ccc82aba4b241adcab1dc"; }
  ];
  python = [
    { name = "python3.13_3.13.5-2-deb13u1_arm64.deb"; url = "https://deb.example/debian/pool/main/p/python3.13/python3.13_3.13.5-2~deb13u1_arm64.deb"; sha256 = "c72c377859ad240cfb970e576e97e1f4372f37ac9841ae292830b6b96fdbf85f"; }
  ];
}
