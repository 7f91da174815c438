# What the backend of a source tree asks for besides its static requirements (PEP 517, get_requires_for_build_wheel),
# as JSON, with all that builds it: `neve lock` reads it. It takes what `build` takes.
{ build, ... }:
arguments:
(build arguments).overrideAttrs {
  name = "requires-${arguments.name}";
  goal = "-";
  installPhase = ''
    cp "$NIX_BUILD_TOP/said" "$out"
  '';
}
