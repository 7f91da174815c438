# The layer with NVIDIA's forward compatibility libraries, of its package cuda-compat-X-Y: at /usr/local/cuda/compat,
# where container runtimes look for them. Nothing else of the image looks there, and the dynamic linker does not know
# the place: a host whose driver is newer must not have them.
{
  run,
  fetch,
  tools,
  ...
}:
{
  deb, # pin
  version, # "13.0", of the CUDA whose driver they are
  below ? null, # the version of the toolkit whose libraries a layer below has at /usr/local/cuda
  compression,
}:
run {
  name = "layer-cuda-compat";
  script = ./compat-layer.sh;
  environment = {
    inherit tools version compression;
    deb = fetch deb;
    below = if below == null then "" else below;
    unpack = ./unpack-compat.sh;
    member = ./member.sh;
    seal = ./seal.sh;
  };
}
