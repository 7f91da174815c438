# neve's own image. Its Nix keeps a store of its own below /var/lib/neve, a place for a volume: the image's own /nix
# is known to no database, and stays as it is. What the sandbox asks of the container is in docs/how-to.
{
  lib,
  pkgs,
  package,
  ...
}:
pkgs.dockerTools.buildLayeredImage {
  name = package.pname;
  tag = package.version;
  contents = [
    package
    pkgs.nix
    pkgs.bubblewrap
    pkgs.gitMinimal
    pkgs.dockerTools.binSh
    pkgs.dockerTools.caCertificates
    pkgs.dockerTools.fakeNss
  ];
  # A chroot store must lie where nobody else may write; fakeNss' root has /var/empty for a home.
  extraCommands = ''
    mkdir -p home project tmp var/cache var/lib/neve
    chmod 1777 tmp
  '';
  config = {
    Entrypoint = [ (lib.getExe package) ];
    WorkingDir = "/project";
    Env = [
      "HOME=/home"
      "LANG=C.UTF-8"
      "NEVE_STORE=/var/lib/neve"
      "PATH=/bin"
      "SSL_CERT_FILE=/etc/ssl/certs/ca-bundle.crt"
      "XDG_CACHE_HOME=/var/cache"
    ];
    Labels = {
      "org.opencontainers.image.title" = package.pname;
      "org.opencontainers.image.version" = package.version;
      "org.opencontainers.image.description" = package.meta.description;
      "org.opencontainers.image.licenses" = package.meta.license.spdxId;
    };
  };
}
