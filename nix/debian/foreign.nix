# The library for a platform whose programs do not run on this machine. Its packages and wheels are only unpacked; what
# has to run is run by the image of this machine, `native`: its uv installs, its interpreter, of the same version,
# compiles byte code, and its wheels of pure Python are the same.
lib:
{
  native,
  platform, # "linux/arm64"
  tags, # what uv calls it: "aarch64-manylinux_2_40"
}:
let
  # A root, and the one of this machine in its place.
  on = root: root.native;
  isPure = wheel: builtins.match ".*-any\\.whl" wheel.file != null;
in
lib
// {
  debianRoot =
    args:
    let
      own = native.roots.${args.name} or (on args.parent);
    in
    lib.debianRoot (
      args
      // {
        native = {
          root = own;
          inherit (native) python;
        };
      }
    )
    // {
      native = own;
    };
  cudaRoot =
    args:
    let
      own = native.roots.${args.name} or (on args.parent);
    in
    lib.cudaRoot (
      args
      // {
        native = {
          root = own;
          inherit (native) python;
        };
      }
    )
    // {
      native = own;
    };
  venv = _: native.venv;
  buildEnv = args: lib.buildEnv (args // { root = on args.root; });
  wheelLayer =
    args:
    lib.wheelLayer (
      args // { root = on args.root; } // (if builtins.all isPure (args.wheels or [ ]) then { } else { inherit tags; })
    );
  builtWheel =
    args:
    lib.portable {
      inherit (args) name;
      inherit platform;
      built = lib.builtWheel (
        args
        // {
          root = on args.root;
          image = on args.image;
        }
      );
    };
  packageLayer =
    args:
    lib.portable {
      inherit (args) name;
      inherit platform;
      built = native.project;
    };
}
