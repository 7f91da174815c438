# A CUDA toolkit as a directory, as NVIDIA lays it out at /usr/local/cuda: of NVIDIA's component wheels and, for what
# those lack, of packages of Debian's non-free archive. It compiles; no image holds it.
{
  run,
  fetch,
  tools,
  ...
}:
{
  version, # "13.2"
  wheels, # [ { name; version; file; pin; } ]
  debs ? [ ], # [ pin ]
}:
let
  # As version.json names them: nvidia-cuda-nvcc-cu12 is cuda_nvcc.
  component =
    wheel:
    let
      plain = builtins.match "(nvidia-)?([a-z0-9-]*[a-z0-9])(-cu[0-9]+)" wheel.name;
      new = builtins.match "(nvidia-)?([a-z0-9-]+)" wheel.name;
      name = builtins.elemAt (if plain != null then plain else new) 1;
    in
    {
      name = builtins.replaceStrings [ "-" ] [ "_" ] name;
      value = {
        inherit name;
        inherit (wheel) version;
      };
    };
in
run {
  name = "cuda-toolkit-${version}";
  script = ./cuda-toolkit.sh;
  environment = {
    inherit tools;
    wheels = map (wheel: fetch wheel.pin) wheels;
    names = map (wheel: wheel.name) wheels;
    debs = map fetch debs;
    lay_out = ./cuda-files.sh;
    nvcc = ./nvcc.sh;
    member = ./member.sh;
    versions = builtins.toJSON (
      builtins.listToAttrs (map component wheels)
      // {
        cuda = {
          name = "CUDA SDK";
          inherit version;
        };
      }
    );
  };
}
