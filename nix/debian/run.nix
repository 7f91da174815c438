# A derivation whose builder is the static busybox: nothing of the host is used.
{ system, busybox, ... }:
{
  name,
  script,
  environment ? { },
}:
derivation (
  {
    inherit name system script;
    builder = "${busybox}/bin/sh";
    args = [
      "-eu"
      ./setup.sh
    ];
    inherit busybox;
  }
  // environment
)
