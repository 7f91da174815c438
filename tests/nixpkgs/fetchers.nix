# What nixpkgs has to fetch files and trees. Each says in `recorded` how it was called.
{
  lib,
  record,
  ...
}:
{
  # By Nix itself; the path is the one that nixpkgs' fetchurl has.
  fetchurl = lib.makeOverridable (
    {
      url ? "",
      urls ? [ ],
      hash ? "",
      sha256 ? "",
      sha512 ? "",
      sha1 ? "",
      md5 ? "",
      outputHash ? "",
      outputHashAlgo ? "",
      name ? "",
      pname ? "",
      version ? "",
      curlOpts ? "",
      curlOptsList ? [ ],
      downloadToTemp ? false,
      executable ? false,
      impureEnvVars ? [ ],
      meta ? { },
      nativeBuildInputs ? [ ],
      netrcImpureEnvVars ? [ ],
      netrcPhase ? null,
      passthru ? { },
      postFetch ? "",
      preferLocalBuild ? true,
      recursiveHash ? false,
      showURLs ? false,
    }@arguments:
    let
      first = if urls != [ ] then builtins.head urls else url;
    in
    record "fetchurl" arguments (
      derivation {
        name = if name != "" then name else baseNameOf first;
        system = "builtin";
        builder = "builtin:fetchurl";
        url = first;
        urls = [ first ];
        inherit executable;
        unpack = false;
        outputHashMode = if executable || recursiveHash then "recursive" else "flat";
        outputHashAlgo = if hash != "" then null else "sha256";
        outputHash = if hash != "" then hash else sha256;
        preferLocalBuild = true;
      }
      // {
        inherit meta;
      }
      // passthru
    )
  );

  # Nothing fetches here: a tree that neve added has the path that nixpkgs' fetchgit has.
  fetchgit = lib.makeOverridable (
    {
      url,
      rev ? null,
      tag ? null,
      name ? "source",
      hash ? "",
      fetchSubmodules ? true,
      deepClone ? false,
      leaveDotGit ? deepClone,
      fetchLFS ? false,
      sparseCheckout ? [ ],
    }@arguments:
    record "fetchgit" arguments (derivation {
      inherit name;
      system = "builtin";
      builder = "builtin:fetchurl";
      url = "file:///no-git-here";
      urls = [ ];
      executable = true;
      unpack = false;
      outputHashMode = "recursive";
      outputHashAlgo = null;
      outputHash = hash;
      preferLocalBuild = true;
    })
  );
}
