# What an image has besides the store: users, certificates, the system packages' programs and libraries, the environment
# at /opt/venv, the working directory.
{ lib, pkgs, ... }:
{
  environment, # null: no Python
  base, # packages of files: certificates, protocols, time zones
  packages, # system packages
  user, # { name; uid; gid; home; } or null for root
  directory, # the working directory
  source ? null, # what lies in it: the files of a project that is no package
  shell, # whether there are /bin/sh and /usr/bin/env
  ldconfig ? false, # whether /sbin/ldconfig answers: with a GPU, to Triton
}:
let
  users = [
    {
      name = "root";
      uid = 0;
      gid = 0;
      home = "/root";
    }
    {
      name = "nobody";
      uid = 65534;
      gid = 65534;
      home = "/var/empty";
    }
  ];
  taken =
    user == null || builtins.any (other: other.name == user.name || other.uid == user.uid) users;
  all = users ++ lib.optional (!taken) user;
in
pkgs.runCommand "root"
  {
    inherit base directory;
    environment = if environment == null then "" else environment;
    source = if source == null then "" else source;
    bins = map lib.getBin packages;
    libraries = map lib.getLib packages;
    home = if user == null then "" else user.home;
    passwd = lib.concatMapStrings (
      user: "${user.name}:x:${toString user.uid}:${toString user.gid}:${user.name}:${user.home}:/bin/sh\n"
    ) all;
    group = lib.concatMapStrings (user: "${user.name}:x:${toString user.gid}:\n") all;
    # os-release(5): programs ask for it, and scanners.
    release = ''
      ID=nixpkgs
      NAME=nixpkgs
      VERSION_ID="${lib.trivial.release}"
      PRETTY_NAME="nixpkgs ${lib.trivial.release}"
    '';
    sh = lib.optionalString shell "${pkgs.bashInteractive}/bin/bash";
    ldconfig = lib.optionalString ldconfig "${./ldconfig.py}";
    usrBinEnv = lib.optionalString shell "${lib.getBin pkgs.coreutils}/bin/env";
  }
  ''
    . ${./root.sh}
  ''
