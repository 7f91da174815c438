# dockerTools, with the formal arguments that nixpkgs' has: a wrong one ends evaluation.
{
  lib,
  pkgs,
  record,
}:
let
  streamLayeredImage = lib.makeOverridable (
    {
      name,
      tag ? null,
      fromImage ? null,
      contents ? [ ],
      config ? { },
      architecture ? pkgs.stdenv.hostPlatform.go.GOARCH,
      created ? "1970-01-01T00:00:01Z",
      mtime ? "1970-01-01T00:00:01Z",
      uid ? 0,
      gid ? 0,
      uname ? "root",
      gname ? "root",
      maxLayers ? 100,
      extraCommands ? "",
      fakeRootCommands ? "",
      enableFakechroot ? false,
      includeStorePaths ? true,
      includeNixDB ? false,
      layeringPipeline ? null,
      meta ? { },
      passthru ? { },
    }@arguments:
    assert lib.assertMsg (
      maxLayers > 1
    ) "maxLayers of dockerTools must be greater than 1, not ${toString maxLayers}";
    assert lib.assertMsg (
      enableFakechroot -> fakeRootCommands != ""
    ) "enableFakechroot is of no use without fakeRootCommands";
    let
      base = pkgs.writeText "${baseNameOf name}-base.json" (
        builtins.toJSON {
          inherit architecture config created;
          os = "linux";
        }
      );
      paths = lib.toList contents;
      # contents' files as links, and what the commands make.
      customisation =
        pkgs.runCommand "${baseNameOf name}-customisation-layer"
          {
            inherit paths extraCommands fakeRootCommands;
            nativeBuildInputs = [ pkgs.fakeroot ];
          }
          ''
            mkdir root "$out"
            for path in $paths; do
              linkTree "$path" root
            done
            chmod -R u+w root
            (cd root && eval "$extraCommands")
            fakeroot bash -c '
              source $stdenv/setup
              cd root
              eval "$fakeRootCommands"
              tar --sort=name --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --hard-dereference --exclude="./nix/store" \
                -cf "$out/layer.tar" .
            '
          '';
      # As in nixpkgs: not `contents`, but what the layer made of them refers to.
      closure = pkgs.closureInfo {
        rootPaths = lib.optionals includeStorePaths [
          base
          customisation
        ];
      };
      named = "${lib.toLower name}";
      said =
        if tag != null then
          tag
        else
          builtins.head (
            builtins.split "-" (baseNameOf (builtins.unsafeDiscardStringContext stream.outPath))
          );
      stream =
        pkgs.runCommand "stream-${baseNameOf name}"
          {
            inherit base closure customisation;
            script = ./stream.py;
            store = if includeStorePaths then "1" else "";
            python = pkgs.python3.interpreter;
            reference = "${named}:${if tag == null then "@hash@" else tag}";
            inherit
              uid
              gid
              uname
              gname
              ;
            passthru = passthru // {
              imageName = named;
              imageTag = said;
              isExe = true;
            };
          }
          ''
            hash=''${out##*/}
            cat > "$out" <<END
            #!${pkgs.runtimeShell}
            exec $python $script --base $base --closure $closure/store-paths --customisation $customisation/layer.tar \
              --exclude "$base:$customisation" --store "$store" --reference "''${reference/@hash@/''${hash%%-*}}" \
              --owner "$uid:$gid:$uname:$gname"
            END
            chmod +x "$out"
          '';
    in
    record "dockerTools.streamLayeredImage" arguments stream
  );
in
{
  inherit streamLayeredImage;
  buildLayeredImage = lib.makeOverridable (
    {
      name,
      compressor ? "gz",
      ...
    }@arguments:
    let
      stream = streamLayeredImage (removeAttrs arguments [ "compressor" ]);
      compressors = {
        none = {
          suffix = "";
          command = "cat";
          inputs = [ ];
        };
        gz = {
          suffix = ".gz";
          command = "gzip -n";
          inputs = [ pkgs.gzip ];
        };
        zstd = {
          suffix = ".zst";
          command = "zstd -T$NIX_BUILD_CORES";
          inputs = [ pkgs.zstd ];
        };
      };
      chosen =
        compressors.${compressor}
          or (throw "dockerTools compresses by ${toString (lib.attrNames compressors)}, not ${compressor}");
    in
    record "dockerTools.buildLayeredImage" arguments (
      pkgs.runCommand "${baseNameOf name}.tar${chosen.suffix}"
        {
          inherit (stream) imageName;
          passthru = {
            inherit (stream) imageTag;
            inherit stream;
          };
          nativeBuildInputs = chosen.inputs;
        }
        ''
          ${stream} | ${chosen.command} > "$out"
        ''
    )
  );

  binSh = record "dockerTools.binSh" { } (
    pkgs.runCommand "bin-sh" { } ''
      mkdir -p "$out/bin"
      ln -s ${pkgs.bash}/bin/bash "$out/bin/sh"
    ''
  );
  usrBinEnv = record "dockerTools.usrBinEnv" { } (
    pkgs.runCommand "usr-bin-env" { } ''
      mkdir -p "$out/usr/bin"
      ln -s ${pkgs.coreutils}/bin/env "$out/usr/bin"
    ''
  );
  caCertificates = record "dockerTools.caCertificates" { } (
    pkgs.runCommand "ca-certificates" { } ''
      mkdir -p "$out/etc/ssl/certs" "$out/etc/pki/tls/certs"
      for name in ssl/certs/ca-bundle.crt ssl/certs/ca-certificates.crt pki/tls/certs/ca-bundle.crt; do
        ln -s ${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt "$out/etc/$name"
      done
    ''
  );
  fakeNss = lib.makeOverridable (
    {
      extraPasswdLines ? [ ],
      extraGroupLines ? [ ],
    }@arguments:
    record "dockerTools.fakeNss" arguments (
      pkgs.symlinkJoin {
        name = "fake-nss";
        paths = [
          (pkgs.writeTextDir "etc/passwd" (
            lib.concatLines (
              [ "root:x:0:0:root user:/var/empty:/bin/sh" ]
              ++ extraPasswdLines
              ++ [ "nobody:x:65534:65534:nobody:/var/empty:/bin/sh" ]
            )
          ))
          (pkgs.writeTextDir "etc/group" (
            lib.concatLines ([ "root:x:0:" ] ++ extraGroupLines ++ [ "nobody:x:65534:" ])
          ))
          (pkgs.writeTextDir "etc/nsswitch.conf" "hosts: files dns\n")
          (pkgs.runCommand "var-empty" { } ''mkdir -p "$out/var/empty"'')
        ];
      }
    )
  ) { };
}
