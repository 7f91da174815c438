# Succeeds where what the image starts is there: for images without Python.
{ pkgs, ... }:
{
  root,
  directory, # the working directory
  path, # PATH of the image
  command, # what the image starts
}:
pkgs.runCommand "command-check"
  {
    inherit
      command
      directory
      path
      root
      ;
  }
  ''
    try() {
      if [ -x "$root$1" ] && [ ! -d "$root$1" ]; then
        echo "$1" > "$out"
        exit
      fi
    }
    case $command in
      /*) try "$command" ;;
      */*) try "$directory/$command" ;;
      *)
        IFS=:
        for place in $path; do
          try "$place/$command"
        done
        ;;
    esac
    echo "the image starts '$command', which is not in it (tool.neve.image.entrypoint)" >&2
    exit 1
  ''
