# uv's static executable, out of its musllinux wheel.
{
  run,
  fetch,
  pins,
  ...
}:
run {
  name = "uv";
  script = ./uv.sh;
  environment.wheel = fetch pins.uv;
}
