# What builds inside the sandbox.
{
  busybox = { name = "neve-busybox"; sha256 = "9d75f0d7c398df565d7ac04c6819b62d6d8f9560f5eb4672596ecd8f7e96ae91"; };
  uv = { name = "uv-0.9.1-py3-none-musllinux_1_1_x86_64.whl"; url = "https://files.example/uv-0.9.1-py3-none-musllinux_1_1_x86_64.whl"; sha256 = "1b29e86c606357fd6f057638e242d1af825a1459a975ab4d9ba9ae54c08d8127"; };
  tools = [
    { name = "tar_1.0-1_amd64.deb"; url = "https://deb.example/debian/pool/main/t/tar/tar_1.0-1_amd64.deb"; sha256 = "d6dcfb3257e99f3a2c3f3d0bdf10fe3cda2099835a464faae9b76139e68c95e9"; }
    { name = "zstd_1.0-1_amd64.deb"; url = "https://deb.example/debian/pool/main/z/zstd/zstd_1.0-1_amd64.deb"; sha256 = "540f062fd8e044bd57fc7276966bbf00d09c8147f2fa2fbd5c0085bec1d74d9f"; }
  ];
  # The build requirements of the project.
  build = [
  ];
}
