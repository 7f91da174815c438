# The image's root with the libraries of a CUDA toolkit that it needs to run, at /usr/local/cuda-X.Y as NVIDIA has them,
# and known to the dynamic linker.
{
  run,
  fetch,
  ...
}:
{
  name,
  version, # "13.2"
  wheels, # [ { name; pin; } ], whose libraries these are
  parent, # the root below; its files are copied
  native ? null, # { root; python; }, where the root's programs do not run here: the same root for this machine
}:
run {
  inherit name;
  script = ./cuda-root.sh;
  environment = {
    inherit version parent;
    wheels = map (wheel: fetch wheel.pin) wheels;
    lay_out = ./cuda-files.sh;
    native = "";
  }
  // (
    if native == null then
      { }
    else
      {
        native = native.root;
        inherit (native) python;
        ldconfig = ./ldconfig.py;
      }
  );
}
